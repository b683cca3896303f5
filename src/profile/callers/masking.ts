/**
 * Masks credentials: on their own, and within paths, queries and messages.
 *
 * A masked credential shows at most its documented prefix and its last four characters, and never more than half of it. Fixtures are printed in the profile,
 * so they are not secret and are shown in full.
 * not secret and are shown whole.
 * @module
 */
import { compilePattern, type Matcher } from '../../patterns/compile.js';
import type { Profile } from '../schema/schema.js';
import { wholeText } from './credentials.js';
import { decodeWord, type Encoded, encodeWord } from './encoded-words.js';
import { literalPrefixes } from './literal-prefixes.js';
import { placeOf } from './places.js';

/** Replaces the masked part of a credential. */
export const ELLIPSIS = '…';

/** The maximal number of characters shown of a credential's end. */
const TAIL = 4;

/** Shorter credentials are masked only if they are a whole word. */
const MIN_FOUND_LENGTH = 5;

/** Names of headers and parameters that usually carry a credential, besides those that the profiles name. `key` matches, `monkey` does not. */
const SECRET_NAME =
  /^(?:x[-_])?(?:key|auth|authorization|proxy-authorization|cookie|set-cookie|jwt|bearer|sig|session|sessionid|pass|pwd)$|signature(?:[-_]?\d+)?$|token|secret|passw|passphrase|credential|(?:api|access|private)[-_]?key/i;

/** Names that `SECRET_NAME` matches although they carry no credential: cursors (`page_token`) and counts (`max_tokens`). */
const NO_SECRET =
  /(?:page|next|prev|continuation|cursor|sync)[-_]?token|^(?:max|min|total|num|n)[-_].*tokens?$|tokens$/i;

/** A JSON Web Signature (RFC 7515). Its header is a JSON object, so its base64url form begins with `eyJ`. */
const SIGNED_TOKEN = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*/g;
/** Another token of three parts. `isThreeParts` distinguishes it from names of hosts and files. */
const THREE_PARTS = /^[\w-]{4,}\.[\w-]{4,}\.[\w-]{4,}$/;
const WORD_WITH_DOTS = /[\w.-]{20,}/g;

/** Matches nothing. */
const NOTHING = /(?!)/g;

/** A value of `Authorization`: a scheme and one long word. */
const SCHEME = /(\b(?:Bearer|Basic|Token|ApiKey)[\s+]+)(\S{8,})$/i;

/** Masks the credentials of a set of profiles: all that a server serves, because a client may send a credential to the wrong one. */
export class Secrets {
  readonly #prefixes: readonly string[];
  readonly #fixtures: ReadonlySet<string>;
  readonly #fixturePatterns: readonly { readonly pattern: Matcher; readonly name: string }[];
  readonly #names: ReadonlySet<string>;
  /** A prefix and everything after it. */
  readonly #toEnd: RegExp | undefined;
  /** A prefix and the rest of the word, without punctuation at its end. */
  readonly #word: RegExp | undefined;

  constructor(profiles: readonly Profile[]) {
    const credentials = profiles.flatMap(({ callers }) => Object.values(callers.credentials));
    const fixtures = profiles.flatMap((profile) => profile.fixtures);
    const prefixes = [...new Set(credentials.flatMap(({ pattern }) => literalPrefixes(pattern).prefixes))];
    // The longest matching prefix is the credential's.
    this.#prefixes = prefixes.sort((a, b) => b.length - a.length);
    this.#fixtures = new Set(fixtures.map(({ key }) => key));
    this.#fixturePatterns = fixtures.flatMap(({ key, pattern }) =>
      pattern === undefined ? [] : [{ pattern: compilePattern(wholeText(pattern), false).matcher, name: key }],
    );
    this.#names = new Set(
      credentials.flatMap((spec) => {
        const { name } = placeOf(spec);
        return [name.toLowerCase(), name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
      }),
    );
    const distinctive = this.#prefixes.filter(isDistinctive).map(prefixPattern);
    if (distinctive.length === 0) return;
    // A prefix followed by an ellipsis is a masked credential.
    const prefix = `(?!(?:${distinctive.join('|')})${ELLIPSIS})(?:${distinctive.join('|')})`;
    this.#toEnd = new RegExp(`${prefix}[^]+$`, 'i');
    this.#word = new RegExp(`${prefix}[^\\s"]*[^\\s"'.,;:)\\]}]`, 'gi');
  }

  /**
   * Masks a credential, valid or not: `klinky_live_…bbbb`. A fixture stays as it is; a credential that matches a fixture's pattern is replaced by that fixture.
   */
  credential(value: string): string {
    if (this.#fixtures.has(value)) return value;
    const fixture = this.#fixturePatterns.find(({ pattern }) => pattern.test(value));
    if (fixture) return fixture.name;
    const head = this.#prefixes.find((one) => value.startsWith(one)) ?? '';
    const half = Math.floor(value.length / 2);
    const tail = endOf(value, Math.min(TAIL, Math.floor((value.length - head.length) / 2), half));
    return `${beginningOf(head, half - tail.length)}${ELLIPSIS}${tail}`;
  }

  /** Whether a header or parameter with this name carries a credential. */
  isSecretName(name: string): boolean {
    return this.#names.has(name.toLowerCase()) || usuallySecret(name);
  }

  /** Whether a text contains a credential that must be masked. */
  isIn(text: string): boolean {
    return this.target(text) !== text;
  }

  /**
   * Masks the credentials in a path with or without a query. A target without credentials is returned as it is.
   *
   * @param credential the credential that the request sent in its documented position
   * @param isKnown whether a word is a credential of an account, or one that a request has issued
   */
  target(target: string, credential?: string, isKnown: (word: string) => boolean = () => false): string {
    const word = (text: string, encoded: Encoded) => this.#maskedWord(text, encoded, credential, isKnown);
    const question = target.indexOf('?');
    const path = (question < 0 ? target : target.slice(0, question)).replace(/\/\/[^/?#]*@/, `//${ELLIPSIS}@`);
    const masked = path
      .split('/')
      .map((segment) => this.#segment(word(segment, 'path')))
      .join('/');
    if (question < 0) return masked;
    const pairs = target.slice(question + 1).split('&');
    return `${masked}?${pairs.map((pair) => this.#pair(pair, word)).join('&')}`;
  }

  /** Masks the credentials in JSON, keys included. @returns the same value if there are none */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const masked = value.map((one) => this.value(one));
      return masked.every((one, i) => one === value[i]) ? value : masked;
    }
    const entries = Object.entries(value);
    const masked = entries.map(([name, one]): [string, unknown] => [this.text(name), this.value(one)]);
    return masked.every(([name, one], i) => name === entries[i]![0] && one === entries[i]![1])
      ? value
      : Object.fromEntries(masked);
  }

  /**
   * Masks the credentials in a message or in a header's value.
   *
   * @param credential the credential that the request sent in its documented position
   */
  text(text: string, credential?: string): string {
    const known = credential !== undefined && credential.length >= MIN_FOUND_LENGTH ? credential : undefined;
    const masked = (known === undefined ? text : text.replaceAll(known, () => this.credential(known)))
      .replace(/\/\/[^\s/?#"]*@/g, `//${ELLIPSIS}@`)
      .replace(/[^\s"]+/g, (word) => (word.includes('%') ? this.target(word) : word))
      .replace(/([?&;])([^\s=&?;"]+)=([^\s&"]+)/g, (pair, mark: string, name: string, value: string) =>
        this.isSecretName(name) ? `${mark}${name}=${this.#secret(value)}` : pair,
      )
      .replace(SIGNED_TOKEN, (token) => this.credential(token))
      .replace(this.#word ?? NOTHING, (word) => this.#found(word));
    return this.#threeParts(masked);
  }

  /** Masks words that contain a token of three parts, from its start to the end of the word. */
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

  /** Masks a word that begins with a prefix. A truncated credential (`sk_live_abc…`) does not show its end. */
  #found(word: string): string {
    return word.endsWith(ELLIPSIS) ? this.credential(word).split(ELLIPSIS)[0] + ELLIPSIS : this.credential(word);
  }

  /** Masks the value of a parameter with a secret name. A value without a documented prefix may be a password, so nothing of it is shown. */
  #secret(value: string): string {
    if (this.#isMasked(value)) return value;
    const isCredential = this.#fixtures.has(value) || this.#prefixes.some((head) => value.startsWith(head));
    return isCredential ? this.credential(value) : ELLIPSIS;
  }

  /** Whether the text is a masked credential. */
  #isMasked(text: string): boolean {
    const [head, tail, ...more] = text.split(ELLIPSIS);
    return (
      tail !== undefined &&
      more.length === 0 &&
      tail.length <= TAIL &&
      this.#prefixes.some((one) => one.startsWith(head!))
    );
  }

  /** Masks the parameters of a segment of a path (`;token=…`, RFC 3986 section 3.3). */
  #segment(segment: string): string {
    if (!segment.includes(';')) return segment;
    return segment.replace(/;([^;=]+)=([^;]+)/g, (pair, name: string, value: string) =>
      this.isSecretName(decodeWord(name, 'path'))
        ? `;${name}=${encodeWord(this.#secret(decodeWord(value, 'path')))}`
        : pair,
    );
  }

  #pair(pair: string, word: (text: string, encoded: Encoded) => string): string {
    const equals = pair.indexOf('=');
    if (equals < 0) return word(pair, 'query');
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    const maskedName = word(name, 'query');
    if (value === '' || !this.isSecretName(decodeWord(name, 'query'))) return `${maskedName}=${word(value, 'query')}`;
    return `${maskedName}=${encodeWord(this.#secret(decodeWord(value, 'query')))}`;
  }

  /** Masks a segment of a path, or a name or value of a query. */
  #maskedWord(
    text: string,
    encoded: Encoded,
    credential: string | undefined,
    isKnown: (word: string) => boolean,
  ): string {
    const plain = decodeWord(text, encoded);
    if (plain === '' || this.#fixtures.has(plain)) return text;
    const isCredential = plain === credential || text === credential || isKnown(plain);
    const masked = isCredential ? this.credential(plain) : this.#within(plain, credential);
    return masked === plain ? text : encodeWord(masked);
  }

  #within(plain: string, credential: string | undefined): string {
    let masked = plain.replace(/\/\/[^/?#]*@/g, `//${ELLIPSIS}@`).replace(/^[^/?#@:]*:(?!\/\/)[^@]*@/, `${ELLIPSIS}@`);
    if (credential !== undefined && credential.length >= MIN_FOUND_LENGTH)
      masked = masked.replaceAll(credential, () => this.credential(credential));
    masked = this.#threeParts(masked.replace(SIGNED_TOKEN, (token) => this.credential(token)));
    if (this.#toEnd) masked = masked.replace(this.#toEnd, (rest) => this.#found(rest));
    return masked.replace(SCHEME, (all, scheme: string, word: string) => {
      // `basic training` is not a credential.
      const isToken = /^bearer/i.test(scheme) || /[\d=A-Z]/.test(word.slice(1));
      return isToken && !word.includes(ELLIPSIS) ? scheme + this.credential(word) : all;
    });
  }
}

/** Whether a header or parameter with this name carries a credential with most providers. */
export function usuallySecret(name: string): boolean {
  return SECRET_NAME.test(name) && !NO_SECRET.test(name);
}

/** Whether a prefix is distinctive enough to find credentials in text: it begins with letters or digits, followed by punctuation. */
function isDistinctive(head: string): boolean {
  return /^[A-Za-z0-9]{2,}[^A-Za-z0-9\s]/.test(head);
}

/** A prefix with a short first word only matches at the beginning of a word: `disk_live_1` does not contain `sk_live_`. */
function prefixPattern(head: string): string {
  const escaped = head.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return /^[A-Za-z0-9]{5}/.test(head) ? escaped : `(?<![A-Za-z0-9])${escaped}`;
}

function isThreeParts(word: string): boolean {
  if (word.length < 20 || !THREE_PARTS.test(word) || !/\d/.test(word)) return false;
  return word.length >= 40 || /[A-Z]/.test(word);
}

/** At most `length` characters from the end, without half a surrogate pair. */
function endOf(text: string, length: number): string {
  return length <= 0 ? '' : text.slice(-length).replace(/^[\udc00-\udfff]/, '');
}

/** At most `length` characters from the beginning, cut after a whole word. */
function beginningOf(head: string, length: number): string {
  if (length >= head.length) return head;
  const cut = head.slice(0, Math.max(0, length));
  return /^[A-Za-z0-9]/.test(head.slice(cut.length)) ? cut.replace(/[A-Za-z0-9]+$/, '') : cut;
}
