/**
 * Identifiers that look random and are not: the same calls after a reset give the same ids, so a test can rely on them.
 * @module
 */

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const HEX = '0123456789abcdef';

const DASH = 0x2d;
const VERSION = 0x34;
const VARIANTS = '89ab';

/** Where ids are put together: character by character they would be strings by the dozen. */
const scratch = Buffer.alloc(64);

export class Ids {
  #state: number;
  #made = 0;
  /** The beginning of a ulid, and its instant. */
  #head = '';
  #headOf = Number.NaN;

  constructor(seed = 0x2545f491) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  random(): number {
    return this.#draw() / 4_294_967_296;
  }

  /** How many have been made; distinct ids even where the random part is short. */
  next(): number {
    this.#made += 1;
    return this.#made;
  }

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

  /** 26 characters, the first ten telling the instant (https://github.com/ulid/spec). */
  ulid(now: number): string {
    if (now !== this.#headOf) {
      this.#head = ulidHead(now);
      this.#headOf = now;
    }
    return this.#head + this.text(CROCKFORD, 16);
  }

  lower(length: number): string {
    return this.text(LOWER, length);
  }

  text(alphabet: string, length: number): string {
    const place = length > scratch.length ? Buffer.alloc(length) : scratch;
    for (let i = 0; i < length; i++) place[i] = alphabet.charCodeAt(Math.floor(this.random() * alphabet.length));
    return place.toString('latin1', 0, length);
  }

  /** 32 bits. */
  #draw(): number {
    // mulberry32: small, fast, and good enough for ids and sample data
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  dump(): [state: number, made: number] {
    return [this.#state, this.#made];
  }

  load([state, made]: [number, number]): void {
    this.#state = state;
    this.#made = made;
  }
}

/** Milliseconds in base 32. */
function ulidHead(now: number): string {
  let time = Math.max(0, Math.floor(now));
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = CROCKFORD[time % 32] + head;
    time = Math.floor(time / 32);
  }
  return head;
}

/** A number in [0, 1) that depends on nothing but the text. */
export function hashFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return new Ids(hash).random();
}
