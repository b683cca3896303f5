/**
 * What a regular expression says literally: the text that every match begins with. A credential's pattern tells its documented prefix that way
 * (`^klinky_live_.+$`: `klinky_live_`).
 * @module
 */

/** The literal beginnings of an anchored pattern, and its groups. */
export interface LiteralHeads {
  /** Every text that a match may begin with, without the empty one: `^ad_(?<mode>live|test)_.+$` has `ad_live_` and `ad_test_`. Empty where the pattern begins with something variable. */
  readonly heads: readonly string[];
  /** Names of groups that can only match texts which the pattern spells out (`mode`). */
  readonly literalGroups: ReadonlySet<string>;
}

/** Combinations of alternatives that are told apart; a pattern with more is cut before them. */
const MOST_HEADS = 64;

/** What one alternative, or all of them, begins with. `whole`: there is nothing variable in it. */
interface Head {
  readonly texts: readonly string[];
  readonly whole: boolean;
}

const NOTHING: Head = { texts: [''], whole: true };

/** @param pattern source of a regular expression without flags; one that is not anchored (`^`) has no heads */
export function literalHeads(pattern: string): LiteralHeads {
  const parser = new HeadParser(pattern);
  const { texts } = parser.alternatives();
  return { heads: [...new Set(texts)].filter((text) => text !== ''), literalGroups: parser.literalGroups };
}

class HeadParser {
  readonly literalGroups = new Set<string>();
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Reads up to the end or to the group's closing parenthesis. */
  alternatives(top = true): Head {
    const all: Head[] = [];
    do {
      all.push(this.#sequence(top));
    } while (this.#take('|'));
    return { texts: all.flatMap(({ texts }) => texts), whole: all.every(({ whole }) => whole) };
  }

  #sequence(top: boolean): Head {
    let head: Head = NOTHING;
    let anchored = !top;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      if (this.#take('^')) anchored = true;
      else head = followedBy(head, this.#quantified(this.#item()));
    }
    return anchored ? head : { texts: [''], whole: false };
  }

  /** A character, a class, a group or an assertion. */
  #item(): Head {
    const char = this.#source[this.#at]!;
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    this.#at += 1;
    if (char === '.') return VARIABLE;
    if (char === '$') return NOTHING;
    if (char !== '\\') return { texts: [char], whole: true };
    const escaped = this.#source[this.#at] ?? '';
    this.#at += 1;
    // Letters and digits behind a backslash are classes, assertions or codes.
    return /[A-Za-z0-9]/.test(escaped) ? VARIABLE : { texts: [escaped], whole: true };
  }

  #group(): Head {
    const [opening, name] = /^\((?:\?(?:[:=!]|<[=!]|<([^>]+)>))?/.exec(this.#source.slice(this.#at))!;
    this.#at += opening.length;
    const inner = this.alternatives(false);
    this.#take(')');
    if (name !== undefined && inner.whole) this.literalGroups.add(name);
    // An assertion takes no character.
    return /[=!]$/.test(opening) ? NOTHING : inner;
  }

  #class(): Head {
    const [text] = /^\[(?:\\.|[^\]\\])*\]?/s.exec(this.#source.slice(this.#at))!;
    this.#at += text.length;
    return VARIABLE;
  }

  /** What comes of an item that may stand there some times. */
  #quantified(item: Head): Head {
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at))?.[0];
    if (quantifier === undefined) return item;
    this.#at += quantifier.length;
    if (quantifier.startsWith('?')) return { texts: [...item.texts, ''], whole: item.whole };
    // Once at least, and nobody knows how often.
    return quantifier.startsWith('+') ? { texts: item.texts, whole: false } : VARIABLE;
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

const VARIABLE: Head = { texts: [''], whole: false };

function followedBy(head: Head, next: Head): Head {
  if (!head.whole || head.texts.length * next.texts.length > MOST_HEADS) return { texts: head.texts, whole: false };
  return { texts: head.texts.flatMap((text) => next.texts.map((more) => text + more)), whole: next.whole };
}
