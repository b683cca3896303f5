/**
 * Deterministic identifiers that look random: the same calls after a reset yield the same ids, so that tests can rely on them.
 * @module
 */

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const HEX = '0123456789abcdef';

const DASH = 0x2d;
const VERSION = 0x34;
const VARIANTS = '89ab';

/** A buffer in which ids are assembled, to avoid a string per character. */
const scratch = Buffer.alloc(64);

/** A deterministic generator of ids. */
export class Ids {
  #state: number;
  #count = 0;
  /** The timestamp part of the last ulid, and its instant. */
  #head = '';
  #headOf = Number.NaN;

  /** @param seed 32 bits */
  constructor(seed = 0x2545f491) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  random(): number {
    return this.#draw() / 4_294_967_296;
  }

  /** The next serial number, from 1. Makes ids distinct even if their random part is short. */
  next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** A version 4 UUID. */
  uuid(): string {
    let at = 0;
    for (let i = 0; i < 32; i++) {
      if (i === 8 || i === 12 || i === 16 || i === 20) scratch[at++] = DASH;
      scratch[at++] = HEX.charCodeAt(this.#draw() >>> 28);
    }
    scratch[14] = VERSION;
    scratch[19] = VARIANTS.charCodeAt(this.#draw() >>> 30);
    return scratch.toString('latin1', 0, 36);
  }

  /** A ULID: 26 characters, of which the first ten encode the instant (https://github.com/ulid/spec). @param now epoch ms */
  ulid(now: number): string {
    if (now !== this.#headOf) {
      this.#head = ulidHead(now);
      this.#headOf = now;
    }
    return this.#head + this.text(CROCKFORD, 16);
  }

  /** Random lower-case letters and digits. */
  lower(length: number): string {
    return this.text(LOWER, length);
  }

  /** Random characters of an alphabet. */
  text(alphabet: string, length: number): string {
    const place = length > scratch.length ? Buffer.alloc(length) : scratch;
    for (let i = 0; i < length; i++) place[i] = alphabet.charCodeAt(Math.floor(this.random() * alphabet.length));
    return place.toString('latin1', 0, length);
  }

  /** The next 32 random bits. */
  #draw(): number {
    // mulberry32: small, fast, and good enough for ids and sample data.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** The state of the generator. */
  dump(): [state: number, count: number] {
    return [this.#state, this.#count];
  }

  /** Restores the state of the generator. */
  load([state, count]: [number, number]): void {
    this.#state = state;
    this.#count = count;
  }
}

/** Encodes milliseconds in base 32, ten characters. */
function ulidHead(now: number): string {
  let time = Math.max(0, Math.floor(now));
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = CROCKFORD[time % 32] + head;
    time = Math.floor(time / 32);
  }
  return head;
}

/** A generator for the thing with a number: its ids depend on nothing else, and its first serial number is the next one. @param number from 0 */
export function idsOfNumber(number: number): Ids {
  const ids = new Ids();
  ids.load([Math.imul(number + 1, 0x9e3779b1) >>> 0, number]);
  return ids;
}

/** A hash of a text as a number in [0, 1). */
export function hashFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return new Ids(hash).random();
}
