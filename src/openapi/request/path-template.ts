/**
 * Segments of path templates: `books`, `{id}`, `{id}.json`, `{base}...{head}`, `odata('{id}')`.
 * @module
 */

/** Reads the values of a segment's parameters. @param segment as it was sent @returns the values, percent-encoded; `undefined` if the segment does not match */
export type MatchSegment = (segment: string) => readonly string[] | undefined;

/** A segment of a path template. */
export interface TemplateSegment {
  /** The segment with `{}` for each parameter. Segments that match the same texts have the same form. */
  readonly form: string;
  readonly names: readonly string[];
  /** `text`: no parameter; `value`: one parameter and nothing else; `mixed`: parameters and text; `rest`: one parameter that takes all further segments. */
  readonly kind: 'text' | 'value' | 'mixed' | 'rest';
  /** The length of its literal text. Of two mixed segments, the one with more text is more specific. */
  readonly weight: number;
}

const NO_NAMES: readonly string[] = [];

const PARAMETER = /\{([^{}]*)\}/g;

/** Reads a segment of a path template. @param isLast whether it is the last one: `{+path}`, `{path*}` and `{path+}` then take several segments */
export function readSegment(segment: string, isLast: boolean): TemplateSegment {
  const names = segment.includes('{') ? [...segment.matchAll(PARAMETER)].map(([, name]) => name!.trim()) : NO_NAMES;
  if (names.length === 0) return { form: decodePercent(segment), names, kind: 'text', weight: segment.length };
  const texts = segment.split(PARAMETER).filter((_, i) => i % 2 === 0);
  const weight = texts.reduce((sum, text) => sum + text.length, 0);
  const form = texts.join('{}');
  if (names.length > 1 || weight > 0) return { form, names, kind: 'mixed', weight };
  const several = /^\+(.+)$|^(.+)[*+]$/.exec(names[0]!);
  if (!several) return { form, names, kind: 'value', weight };
  return { form, names: [several[1] ?? several[2]!], kind: isLast ? 'rest' : 'value', weight };
}

/** Compiles a mixed segment. */
export function compileSegment({ form }: TemplateSegment): MatchSegment {
  const texts = form.split('{}');
  const pattern = new RegExp(`^${segmentPattern(texts)}$`, 's');
  const withExtension = extensionPattern(texts);
  const decoded = texts.some((text) => text.includes('%'))
    ? new RegExp(`^${segmentPattern(texts.map(decodePercent))}$`, 's')
    : pattern;
  return (segment) => {
    const found =
      withExtension?.exec(segment) ??
      pattern.exec(segment) ??
      (segment.includes('%') ? undefined : decoded.exec(segment));
    if (found) return found.slice(1);
    // The client may have escaped characters of the literal text, such as the quotes of `odata('{id}')`.
    const values = decoded.exec(decodePercent(segment))?.slice(1);
    return values?.map((value) => encodeURIComponent(value));
  };
}

/** The pattern for two parameters at the end without a text between them, of which the second is an extension: `{id}{format}` with `7.json`. */
function extensionPattern(texts: readonly string[]): RegExp | undefined {
  if (texts.length !== 3 || texts[1] !== '') return undefined;
  return new RegExp(`^${escaped(texts[0]!)}(.+)(\\.[^.]+)${escaped(texts[2]!)}$`, 's');
}

/**
 * The pattern of a segment with a parameter between each two of these texts. A parameter ends at the first occurrence of the next text. If it could end
 * anywhere, a matcher would try every combination of ends.
 */
function segmentPattern(texts: readonly string[]): string {
  return texts
    .map((text, i) => {
      const literal = escaped(text);
      if (i === 0) return literal;
      if (i === texts.length - 1) return `(.+)${literal}`;
      return text === '' ? '(.)' : `(.(?:(?!${literal}).)*)${literal}`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Decodes percent-encoded UTF-8. A text that is not encoded correctly is returned as it is. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
