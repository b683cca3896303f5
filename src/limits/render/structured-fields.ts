/**
 * Structured field values (RFC 9651): serialising and parsing of items, lists and dictionaries.
 *
 * A bare item is a number (an integer, unless it is a `Decimal`), a text, a boolean, bytes, or one of the classes below for the types that JavaScript lacks.
 * @module
 */

/** A number with a decimal point, such as `1.0`. */
export class Decimal {
  constructor(readonly value: number) {}
}

/** A token, such as `gzip`. */
export class Token {
  constructor(readonly value: string) {}
}

/** A date in seconds since the epoch, such as `@1659578233`. */
export class SfDate {
  constructor(readonly seconds: number) {}
}

/** A text that may have any Unicode characters: `%"f%c3%bc"`. */
export class DisplayString {
  constructor(readonly value: string) {}
}

/** A value without parameters. */
export type BareItem = number | string | boolean | Uint8Array | Decimal | Token | SfDate | DisplayString;

/** The parameters of an item, in order. `true` is written without a value. */
export type Parameters = ReadonlyMap<string, BareItem>;

/** A value with its parameters. */
export interface Item {
  readonly value: BareItem;
  readonly parameters: Parameters;
}

/** A list within a list or a dictionary, with its parameters. */
export interface InnerList {
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}

/** A member of a list or of a dictionary. */
export type Member = Item | InnerList;

/** A value that cannot be written, or a text that is no structured field. The message says where and why. */
export class StructuredFieldError extends Error {
  override name = 'StructuredFieldError';
}

const KEY = /^[a-z*][a-z0-9_.*-]*$/;
const TOKEN = /^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*$/;
const VISIBLE = /^[\x20-\x7e]*$/;
/** The largest integer, and the most digits before the point of a decimal. */
export const MAX_INTEGER = 999_999_999_999_999;
const MAX_DECIMAL = 999_999_999_999;

/** Writes a list. @throws StructuredFieldError */
export function serializeList(members: readonly Member[]): string {
  return members.map(serializeMember).join(', ');
}

/** Writes a dictionary. @throws StructuredFieldError */
export function serializeDictionary(members: ReadonlyMap<string, Member>): string {
  return [...members]
    .map(([key, member]) => {
      const isTrue = 'value' in member && member.value === true;
      return `${keyText(key)}${isTrue ? parametersText(member.parameters) : `=${serializeMember(member)}`}`;
    })
    .join(', ');
}

/** Writes an item. @throws StructuredFieldError */
export function serializeItem({ value, parameters }: Item): string {
  return bareText(value) + parametersText(parameters);
}

function serializeMember(member: Member): string {
  if ('value' in member) return serializeItem(member);
  return `(${member.items.map(serializeItem).join(' ')})${parametersText(member.parameters)}`;
}

function parametersText(parameters: Parameters): string {
  let text = '';
  for (const [key, value] of parameters) text += `;${keyText(key)}${value === true ? '' : `=${bareText(value)}`}`;
  return text;
}

function keyText(key: string): string {
  if (!KEY.test(key)) throw new StructuredFieldError(`"${key}" is not a key; use lower-case letters, digits, "_-.*"`);
  return key;
}

function bareText(value: BareItem): string {
  if (typeof value === 'number') return integerText(value);
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'boolean') return value ? '?1' : '?0';
  if (value instanceof Decimal) return decimalText(value.value);
  if (value instanceof Token) {
    if (!TOKEN.test(value.value)) throw new StructuredFieldError(`"${value.value}" is not a token`);
    return value.value;
  }
  if (value instanceof SfDate) return `@${integerText(value.seconds)}`;
  if (value instanceof DisplayString) return displayText(value.value);
  return `:${Buffer.from(value).toString('base64')}:`;
}

function integerText(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_INTEGER)
    throw new StructuredFieldError(`${value} is not an integer of 15 digits at most`);
  return String(value + 0);
}

/** At most three decimals, of two equally near values the even one. */
function decimalText(value: number): string {
  const thousandths = halfToEven(value);
  if (!Number.isFinite(value) || Math.abs(thousandths) > MAX_DECIMAL * 1_000 + 999)
    throw new StructuredFieldError(`${value} is not a decimal of 12 digits before the point at most`);
  const text = (Math.abs(thousandths) / 1_000).toFixed(3).replace(/0{1,2}$/, '');
  return thousandths < 0 ? `-${text}` : text;
}

function halfToEven(value: number): number {
  // The product of a decimal fraction has a rounding error: 9.9995 × 1000.
  const product = Number((value * 1_000).toPrecision(15));
  const floor = Math.floor(product);
  const rest = product - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(product);
}

function stringText(value: string): string {
  if (!VISIBLE.test(value)) throw new StructuredFieldError('a string has characters outside visible ASCII');
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function displayText(value: string): string {
  if (!value.isWellFormed()) throw new StructuredFieldError('a text has a lone surrogate');
  let text = '';
  for (const byte of Buffer.from(value, 'utf8')) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && byte !== 0x22;
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return `%"${text}"`;
}

/** Reads a list; a field that came in several lines is joined by commas first. @throws StructuredFieldError */
export function parseList(text: string): Member[] {
  const parser = new Parser(text);
  const members: Member[] = [];
  while (!parser.isAtEnd) {
    members.push(parser.member());
    parser.separator();
  }
  return members;
}

/** Reads a dictionary. Of a key that occurs twice, the last value counts. @throws StructuredFieldError */
export function parseDictionary(text: string): Map<string, Member> {
  const parser = new Parser(text);
  const members = new Map<string, Member>();
  while (!parser.isAtEnd) {
    const key = parser.key();
    members.set(key, parser.takes('=') ? parser.member() : { value: true, parameters: parser.parameters() });
    parser.separator();
  }
  return members;
}

/** Reads an item. @throws StructuredFieldError */
export function parseItem(text: string): Item {
  const parser = new Parser(text);
  const item = parser.item();
  if (!parser.isAtEnd) throw parser.fault('the end');
  return item;
}

const NUMBER = /-?(\d+)(?:\.(\d+))?/y;
const KEY_AT = /[a-z*][a-z0-9_.*-]*/y;
const TOKEN_AT = /[A-Za-z*][\w!#$%&'*+.^`|~:/-]*/y;
const STRING_AT = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const BYTES_AT = /:([A-Za-z0-9+/]*={0,2}):/y;
const DISPLAY_AT = /%"((?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*)"/y;

class Parser {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.replace(/^ +| +$/g, '');
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  fault(wanted: string): StructuredFieldError {
    const found = this.isAtEnd ? 'ends' : `has ${JSON.stringify(this.#text[this.#at])} at character ${this.#at + 1}`;
    return new StructuredFieldError(`the field ${found} where ${wanted} belongs`);
  }

  /** The comma between two members, or the end. */
  separator(): void {
    this.#skip(' \t');
    if (this.isAtEnd) return;
    if (!this.takes(',')) throw this.fault('a comma');
    this.#skip(' \t');
    if (this.isAtEnd) throw this.fault('another member');
  }

  takes(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  member(): Member {
    return this.takes('(') ? this.#innerList() : this.item();
  }

  item(): Item {
    const value = this.#bare();
    return { value, parameters: this.parameters() };
  }

  parameters(): Map<string, BareItem> {
    const parameters = new Map<string, BareItem>();
    while (this.takes(';')) {
      this.#skip(' ');
      const key = this.key();
      parameters.delete(key);
      parameters.set(key, this.takes('=') ? this.#bare() : true);
    }
    return parameters;
  }

  key(): string {
    return this.#match(KEY_AT, 'a key')[0];
  }

  #innerList(): InnerList {
    const items: Item[] = [];
    for (;;) {
      this.#skip(' ');
      if (this.takes(')')) return { items, parameters: this.parameters() };
      items.push(this.item());
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== ')') throw this.fault('a space or ")"');
    }
  }

  #bare(): BareItem {
    const first = this.#text[this.#at] ?? '';
    if (first === '"') return this.#match(STRING_AT, 'a string')[1]!.replace(/\\(["\\])/g, '$1');
    if (first === ':') return this.#bytes();
    if (first === '%') return this.#display();
    if (first === '?') return this.#boolean();
    if (first === '@') return this.#date();
    if (first === '-' || (first >= '0' && first <= '9')) return this.#number();
    return new Token(this.#match(TOKEN_AT, 'a value')[0]);
  }

  #number(): number | Decimal {
    const [text, whole, decimals] = this.#match(NUMBER, 'a number');
    const isTooLong = decimals === undefined ? whole!.length > 15 : whole!.length > 12 || decimals.length > 3;
    if (isTooLong || this.#text[this.#at] === '.') throw this.fault('the end of a number');
    return decimals === undefined ? Number(text) + 0 : new Decimal(Number(text));
  }

  #bytes(): Uint8Array {
    const text = this.#match(BYTES_AT, 'bytes in base64')[1]!;
    return Buffer.from(text, 'base64');
  }

  #display(): DisplayString {
    const text = this.#match(DISPLAY_AT, 'a display string')[1]!;
    try {
      return new DisplayString(decodeURIComponent(text));
    } catch {
      throw new StructuredFieldError('a display string is not UTF-8');
    }
  }

  #boolean(): boolean {
    this.#at += 1;
    if (this.takes('1')) return true;
    if (this.takes('0')) return false;
    throw this.fault('0 or 1');
  }

  #date(): SfDate {
    this.#at += 1;
    const seconds = this.#number();
    if (typeof seconds !== 'number') throw this.fault('whole seconds');
    return new SfDate(seconds);
  }

  #skip(characters: string): void {
    while (!this.isAtEnd && characters.includes(this.#text[this.#at]!)) this.#at += 1;
  }

  #match(pattern: RegExp, wanted: string): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) throw this.fault(wanted);
    this.#at = pattern.lastIndex;
    return match;
  }
}
