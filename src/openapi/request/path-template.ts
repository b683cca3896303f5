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
  const withExtension = extensionPattern(texts);
  const decoded = texts.some((text) => text.includes('%')) ? texts.map(decodePercent) : texts;
  return (segment) => {
    const found =
      withExtension?.exec(segment)?.slice(1) ??
      valuesBetween(segment, texts) ??
      (segment.includes('%') ? undefined : valuesBetween(segment, decoded));
    if (found) return found;
    // The client may have escaped characters of the literal text, such as the quotes of `odata('{id}')`.
    return valuesBetween(decodePercent(segment), decoded)?.map((value) => encodeURIComponent(value));
  };
}

/** The pattern for two parameters at the end without a text between them, of which the second is an extension: `{id}{format}` with `7.json`. */
function extensionPattern(texts: readonly string[]): RegExp | undefined {
  if (texts.length !== 3 || texts[1] !== '') return undefined;
  return new RegExp(`^${escaped(texts[0]!)}(.+)(\\.[^.]+)${escaped(texts[2]!)}$`, 's');
}

/**
 * The values of the parameters between each two of these texts; `undefined` if the segment does not match. Texts are searched from the end, so that what follows
 * the last dot of `{name}.{format}` is the format. Each value has at least one character.
 */
function valuesBetween(segment: string, texts: readonly string[]): string[] | undefined {
  const [first, last] = [texts[0]!, texts.at(-1)!];
  if (!segment.startsWith(first) || !segment.endsWith(last)) return undefined;
  const values: string[] = [];
  let end = segment.length - last.length;
  for (let i = texts.length - 2; i > 0; i--) {
    const text = texts[i]!;
    const at = segment.lastIndexOf(text, end - 1 - text.length);
    if (at <= first.length) return undefined;
    values.push(segment.slice(at + text.length, end));
    end = at;
  }
  if (end <= first.length) return undefined;
  values.push(segment.slice(first.length, end));
  return values.reverse();
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
