/**
 * Identifiers that look random and are not: the same calls after a reset give the same ids, so a test can rely on them.
 * @module
 */

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Two hexadecimal digits at a time. */
const HEX_PAIRS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

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
    const first = this.#hex(4);
    const second = this.#hex(2);
    const third = this.#hex(2);
    const fourth = this.#hex(2);
    const last = this.#hex(6);
    return `${first}-${second}-4${third.slice(1)}-${'89ab'[this.#draw() >>> 30]}${fourth.slice(1)}-${last}`;
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
    let made = '';
    for (let i = 0; i < length; i++) made += alphabet[Math.floor(this.random() * alphabet.length)];
    return made;
  }

  /** As many pairs of hexadecimal digits. */
  #hex(pairs: number): string {
    let made = '';
    for (let i = 0; i < pairs; i++) {
      const high = this.#draw() >>> 28;
      made += HEX_PAIRS[(high << 4) | (this.#draw() >>> 28)];
    }
    return made;
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
