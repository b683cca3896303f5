/**
 * Parses a JavaScript regular expression into a tree, in the detail that the analysis and the translation need. `RegExp` must have accepted the source, so
 * its syntax is not checked again (ECMA-262 §22.2.1 and, without the flag u, annex B.1.2).
 * @module
 */

/** A node of the tree. */
export type PatternNode =
  /** One character: a literal, an escape such as `\d`, a class, or `.`, as it is written. */
  | { readonly kind: 'character'; readonly source: string }
  /** `^`, `$`, `\b`, `\B`: takes no character. */
  | { readonly kind: 'assertion'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  /** @property max `Infinity` if there is no bound */
  | {
      readonly kind: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  /** @property number of a capturing group, from 1; `undefined` for `(?:…)` */
  | {
      readonly kind: 'group';
      readonly body: PatternNode;
      readonly number: number | undefined;
      readonly name: string | undefined;
    }
  | { readonly kind: 'look'; readonly body: PatternNode; readonly ahead: boolean; readonly negated: boolean }
  /** A back reference, to a group by number or name. */
  | { readonly kind: 'reference'; readonly to: number | string };

/** Longer or more deeply nested patterns are not parsed. */
const MAX_LENGTH = 200_000;
const MAX_DEPTH = 100;

const EMPTY: PatternNode = { kind: 'sequence', parts: [] };

/** Parses a pattern; `undefined` if it is too long or nested too deep, or uses syntax that this parser does not know. */
export function parsePattern(source: string, unicode: boolean): PatternNode | undefined {
  if (source.length > MAX_LENGTH) return undefined;
  const parser = new Parser(source, unicode);
  const node = parser.choice(0);
  return node && parser.atEnd ? node : undefined;
}

class Parser {
  #at = 0;
  #groups = 0;
  readonly #source: string;
  readonly #unicode: boolean;
  /** `\k<name>` is a back reference only if the pattern has named groups. */
  readonly #named: boolean;

  constructor(source: string, unicode: boolean) {
    this.#source = source;
    this.#unicode = unicode;
    this.#named = source.includes('(?<');
  }

  get atEnd(): boolean {
    return this.#at === this.#source.length;
  }

  choice(depth: number): PatternNode | undefined {
    const options: PatternNode[] = [];
    do {
      const option = this.#sequence(depth);
      if (!option) return undefined;
      options.push(option);
    } while (this.#take('|'));
    return options.length === 1 ? options[0] : { kind: 'choice', options };
  }

  #sequence(depth: number): PatternNode | undefined {
    const parts: PatternNode[] = [];
    while (!this.atEnd && !this.#sees('|') && !this.#sees(')')) {
      const atom = this.#atom(depth);
      if (!atom) return undefined;
      parts.push(this.#repeated(atom));
    }
    return parts.length === 0 ? EMPTY : { kind: 'sequence', parts };
  }

  #repeated(body: PatternNode): PatternNode {
    const bounds = this.#bounds();
    return bounds ? { kind: 'repeat', body, ...bounds, lazy: this.#take('?') } : body;
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    const counted = this.#match(/\{(\d+)(,?)(\d*)\}/y);
    if (!counted) return undefined;
    const [, min, comma, max] = counted;
    const upper = comma === '' ? Number(min) : max === '' ? Number.POSITIVE_INFINITY : Number(max);
    return { min: Number(min), max: upper };
  }

  #atom(depth: number): PatternNode | undefined {
    if (this.#sees('(')) return this.#group(depth);
    if (this.#sees('\\')) return this.#escape();
    const assertion = this.#match(/[\^$]/y);
    if (assertion) return { kind: 'assertion', source: assertion[0] };
    // A class. Brackets in it are literal.
    const written = this.#match(/\[(?:[^\]\\]|\\.)*\]/sy) ?? this.#match(this.#unicode ? /./suy : /./sy);
    return { kind: 'character', source: written![0] };
  }

  #group(depth: number): PatternNode | undefined {
    const [opening, look, name] = this.#match(/\((?:\?(<?[=!])|\?<(?![=!])([^>]*)>|\?:|(?!\?))/y) ?? [];
    // Syntax such as (?i:…), which not every engine supports.
    if (opening === undefined || depth >= MAX_DEPTH) return undefined;
    const captures = opening === '(' || name !== undefined;
    if (captures) this.#groups += 1;
    const number = captures ? this.#groups : undefined;
    const body = this.choice(depth + 1);
    if (!body || !this.#take(')')) return undefined;
    if (look === undefined) return { kind: 'group', body, number, name };
    return { kind: 'look', body, ahead: !look.startsWith('<'), negated: look.endsWith('!') };
  }

  #escape(): PatternNode {
    const boundary = this.#match(/\\[bB]/y);
    if (boundary) return { kind: 'assertion', source: boundary[0] };
    const named = this.#named || this.#unicode ? this.#match(/\\k<([^>]*)>/y) : undefined;
    if (named) return { kind: 'reference', to: named[1]! };
    const numbered = this.#match(/\\([1-9]\d*)/y);
    if (numbered) return { kind: 'reference', to: Number(numbered[1]) };
    // A surrogate pair is one character.
    const long = this.#unicode
      ? /\\(?:u\{[\dA-Fa-f]+\}|[pP]\{[^}]*\}|u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2})/y
      : undefined;
    const written =
      (long && this.#match(long)) ??
      this.#match(/\\(?:u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|0)/y) ??
      this.#match(this.#unicode ? /\\./suy : /\\./sy)!;
    return { kind: 'character', source: written[0] };
  }

  #sees(text: string): boolean {
    return this.#source[this.#at] === text;
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match) this.#at = pattern.lastIndex;
    return match ?? undefined;
  }
}
