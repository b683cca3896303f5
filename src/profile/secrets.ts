/**
 * What may be shown of a credential, and where credentials stand in other text: paths, queries, messages.
 *
 * Of a credential at most its documented prefix and its last four characters are shown, and never more than half of it. Fixtures are printed in the profile, so they
 * are no secret and are shown whole.
 * @module
 */
import { decodeWord, type Encoded, encodeWord } from './encoded-words.js';
import { literalHeads } from './literal-heads.js';
import type { Profile } from './schema.js';

/** What stands for the part of a credential that is not shown. */
export const ELLIPSIS = '…';

/** Characters of a credential's end that are shown at most. */
const TAIL = 4;

/** A credential that is shorter is not looked for within other words. */
const LEAST_FOUND = 5;

/** Names of headers and parameters that carry a credential, whatever the provider calls its own. `key` alone is one, `monkey` is none. */
const SECRET_NAME =
  /^(?:x[-_])?(?:key|auth|authorization|proxy-authorization|cookie|set-cookie|jwt|bearer|sig|signature|session|sessionid|pass|pwd)$|token|secret|passw|credential|api[-_]?key|access[-_]?key/i;

/** Parameters whose names only look like a credential's: they tell a place in a list, or are numbers of tokens. */
const NO_SECRET =
  /(?:page|next|prev|continuation|cursor|sync)[-_]?token|^(?:max|min|total|num|n)[-_].*tokens?$|tokens$/i;

/** A signed token (RFC 7515): its header is JSON, which begins with `{"` and so with `eyJ`. */
const SIGNED_TOKEN = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*/g;
/** Anything else of three parts, long and mixed enough not to be the name of a host or a file. */
const THREE_PARTS = /^[\w-]{4,}\.[\w-]{4,}\.[\w-]{4,}$/;
const WORD_WITH_DOTS = /[\w.-]{20,}/g;

/** Matches nothing. */
const NOTHING = /(?!)/g;

/** A scheme of `Authorization` and what follows it. */
const SCHEME = /\b(Bearer|Basic|Digest|Token|ApiKey)[\s+]+(?=\S)/i;

/** What shows credentials of these profiles: all that a server serves, since a client may send a credential to the wrong one. */
export class Secrets {
  readonly #heads: readonly string[];
  readonly #fixtures: ReadonlySet<string>;
  readonly #fixturePatterns: readonly { readonly pattern: RegExp; readonly name: string }[];
  readonly #names: ReadonlySet<string>;
  /** A prefix and whatever follows, to the end of the text. */
  readonly #toEnd: RegExp | undefined;
  /** A prefix and whatever follows, to the end of the word. */
  readonly #word: RegExp | undefined;

  constructor(profiles: readonly Profile[]) {
    const credentials = profiles.flatMap(({ callers }) => Object.values(callers.credentials));
    const fixtures = profiles.flatMap((profile) => profile.fixtures);
    const heads = [...new Set(credentials.flatMap(({ pattern }) => literalHeads(pattern).heads))];
    // The longest that fits is the prefix.
    this.#heads = heads.sort((a, b) => b.length - a.length);
    this.#fixtures = new Set(fixtures.map(({ key }) => key));
    this.#fixturePatterns = fixtures.flatMap(({ key, pattern }) =>
      pattern === undefined ? [] : [{ pattern: new RegExp(`^(?:${pattern})$`), name: key }],
    );
    this.#names = new Set(credentials.flatMap(({ header, query }) => (header ?? query ?? '').toLowerCase()));
    const telling = this.#heads.filter(isTelling).map(headPattern);
    if (telling.length === 0) return;
    this.#toEnd = new RegExp(`(?:${telling.join('|')})[^…][^]*$`, 'i');
    this.#word = new RegExp(`(?:${telling.join('|')})[^\\s"…]*[^\\s"…'.,;:)\\]}]`, 'gi');
  }

  /** A credential as it is shown, accepted or not: `klinky_live_…bbbb`. A fixture is shown whole; what fits a fixture's pattern, as that fixture. */
  credential(value: string): string {
    if (this.#fixtures.has(value)) return value;
    const fixture = this.#fixturePatterns.find(({ pattern }) => pattern.test(value));
    if (fixture) return fixture.name;
    const head = this.#heads.find((one) => value.startsWith(one)) ?? '';
    const half = Math.floor(value.length / 2);
    const tail = endOf(value, Math.min(TAIL, Math.floor((value.length - head.length) / 2), half));
    return `${beginningOf(head, half - tail.length)}${ELLIPSIS}${tail}`;
  }

  /** Whether a header or parameter of that name carries a credential. */
  isSecretName(name: string): boolean {
    return this.#names.has(name.toLowerCase()) || (SECRET_NAME.test(name) && !NO_SECRET.test(name));
  }

  /** Whether there is something in the text that can only be a credential. Fixtures are none to be kept back. */
  isIn(text: string): boolean {
    return this.target(text) !== text;
  }

  /**
   * A path, with or without a query, as it is shown. What has no credential in it stays as it came.
   *
   * @param credential what the request showed in the credential's place
   * @param isKnown whether a word is a credential that somebody has named
   */
  target(target: string, credential?: string, isKnown: (word: string) => boolean = () => false): string {
    const word = (text: string, encoded: Encoded) => this.#shownWord(text, encoded, credential, isKnown);
    const question = target.indexOf('?');
    const path = (question < 0 ? target : target.slice(0, question)).replace(/\/\/[^/?#]*@/, `//${ELLIPSIS}@`);
    const shown = path
      .split('/')
      .map((segment) => word(segment, 'path'))
      .join('/');
    if (question < 0) return shown;
    const pairs = target.slice(question + 1).split('&');
    return `${shown}?${pairs.map((pair) => this.#pair(pair, word)).join('&')}`;
  }

  /** JSON as it is shown, every text in it, names included; the same value where there is no credential in it. */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const shown = value.map((one) => this.value(one));
      return shown.every((one, i) => one === value[i]) ? value : shown;
    }
    const entries = Object.entries(value);
    const shown = entries.map(([name, one]): [string, unknown] => [this.text(name), this.value(one)]);
    return shown.every(([name, one], i) => name === entries[i]![0] && one === entries[i]![1])
      ? value
      : Object.fromEntries(shown);
  }

  /** A message or a header's value as it is shown. */
  text(text: string): string {
    const shown = text
      .replace(/\/\/[^\s/?#"]*@/g, `//${ELLIPSIS}@`)
      .replace(/[^\s"]+/g, (word) => (word.includes('%') ? this.target(word) : word))
      .replace(/([?&;])([^\s=&?;"]+)=([^\s&"]+)/g, (pair, mark: string, name: string, value: string) =>
        this.isSecretName(name) ? `${mark}${name}=${this.#secret(value)}` : pair,
      )
      .replace(SIGNED_TOKEN, (token) => this.credential(token))
      .replace(this.#word ?? NOTHING, (word) => this.credential(word));
    return this.#threeParts(shown);
  }

  /** Words of which three parts in a row look like a token: masked from there to their end. */
  #threeParts(text: string): string {
    return text.replace(WORD_WITH_DOTS, (word) => {
      const parts = word.split('.');
      const starts = [parts.length - 3, ...parts.keys()];
      const start = starts.find((at) => at >= 0 && isThreeParts(parts.slice(at, at + 3).join('.')));
      if (start === undefined) return word;
      const before = parts.slice(0, start).map((part) => `${part}.`);
      return before.join('') + this.credential(parts.slice(start).join('.'));
    });
  }

  /** The value of a parameter that carries some secret. Of what may be no credential of the provider, such as a password, nothing is shown. */
  #secret(value: string): string {
    if (this.#isShown(value)) return value;
    const isCredential = this.#fixtures.has(value) || this.#heads.some((head) => value.startsWith(head));
    return isCredential ? this.credential(value) : ELLIPSIS;
  }

  /** Whether the text is what has been made of a credential already. */
  #isShown(text: string): boolean {
    const [head, tail, ...more] = text.split(ELLIPSIS);
    return (
      tail !== undefined && more.length === 0 && tail.length <= TAIL && this.#heads.some((one) => one.startsWith(head!))
    );
  }

  #pair(pair: string, word: (text: string, encoded: Encoded) => string): string {
    const equals = pair.indexOf('=');
    if (equals < 0) return word(pair, 'query');
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    const shownName = word(name, 'query');
    if (value === '' || !this.isSecretName(decodeWord(name, 'query'))) return `${shownName}=${word(value, 'query')}`;
    return `${shownName}=${encodeWord(this.#secret(decodeWord(value, 'query')))}`;
  }

  /** A segment of a path, or a name or value of a query. */
  #shownWord(
    text: string,
    encoded: Encoded,
    credential: string | undefined,
    isKnown: (word: string) => boolean,
  ): string {
    const plain = decodeWord(text, encoded);
    if (plain === '' || this.#fixtures.has(plain)) return text;
    const isWhole = plain === credential || text === credential || isKnown(plain);
    const shown = isWhole ? this.credential(plain) : this.#within(plain, credential);
    return shown === plain ? text : encodeWord(shown);
  }

  #within(plain: string, credential: string | undefined): string {
    let shown = plain.replace(/\/\/[^/?#]*@/g, `//${ELLIPSIS}@`).replace(/^[^/?#@:]*:(?!\/\/)[^@]*@/, `${ELLIPSIS}@`);
    if (credential !== undefined && credential.length >= LEAST_FOUND)
      shown = shown.replaceAll(credential, () => this.credential(credential));
    shown = this.#threeParts(shown.replace(SIGNED_TOKEN, (token) => this.credential(token)));
    if (this.#toEnd) shown = shown.replace(this.#toEnd, (rest) => this.credential(rest));
    const scheme = SCHEME.exec(shown);
    if (!scheme) return shown;
    const start = scheme.index + scheme[0].length;
    const rest = shown.slice(start);
    return rest.includes(ELLIPSIS) ? shown : shown.slice(0, start) + this.credential(rest);
  }
}

/** Whether a prefix tells a credential from other words: letters or digits, and a mark. */
function isTelling(head: string): boolean {
  return /^[A-Za-z0-9]{2,}[^A-Za-z0-9\s]/.test(head);
}

/** Prefixes that begin with few letters are looked for at the beginning of words only: `disk_live_1` has no `sk_live_`. */
function headPattern(head: string): string {
  const escaped = head.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return /^[A-Za-z0-9]{5}/.test(head) ? escaped : `(?<![A-Za-z0-9])${escaped}`;
}

function isThreeParts(word: string): boolean {
  if (word.length < 20 || !THREE_PARTS.test(word) || !/\d/.test(word)) return false;
  return word.length >= 40 || /[A-Z]/.test(word);
}

/** At most so many characters of the end; half of a surrogate pair is none. */
function endOf(text: string, length: number): string {
  return length <= 0 ? '' : text.slice(-length).replace(/^[\udc00-\udfff]/, '');
}

/** At most so many characters of the beginning, cut where a word or a mark ends. */
function beginningOf(head: string, length: number): string {
  if (length >= head.length) return head;
  const cut = head.slice(0, Math.max(0, length));
  return /^[A-Za-z0-9]/.test(head.slice(cut.length)) ? cut.replace(/[A-Za-z0-9]+$/, '') : cut;
}
