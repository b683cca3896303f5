/**
 * A ring of rows, each of some facts and numbers, in a few large arrays that are made once and then written over. What is kept of many thousands of requests is
 * so no work for the garbage collector, which would otherwise copy each of them twice before it leaves them alone.
 *
 * It is its own cursor: `claim` and `seek` put it on a row, and `facts[fact + i]` and `numbers[number + i]` are what stands there until it is put on another.
 * @module
 */
import { PLACE_BYTES } from '../bytes.js';

interface Chunk {
  readonly facts: unknown[];
  readonly numbers: Float64Array;
}

/** Rows of a chunk; a ring is made chunk by chunk, so that most of them stay small. */
const CHUNK = 256;

export class Ring {
  facts: unknown[] = [];
  fact = 0;
  numbers: Float64Array = new Float64Array(0);
  number = 0;
  readonly #chunks: Chunk[] = [];
  #next = 0;

  /**
   * @param rows that are kept
   * @param width facts of a row
   * @param usual numbers that most rows do with; a row with more has them apart
   */
  constructor(
    readonly rows: number,
    readonly width: number,
    readonly usual: number,
  ) {}

  /** The number of the next row. Rows are numbered on for ever. */
  get next(): number {
    return this.#next;
  }

  /** Bytes of its arrays, without what rows have apart and what their facts refer to. */
  get bytes(): number {
    let bytes = 0;
    for (const { facts, numbers } of this.#chunks) bytes += PLACE_BYTES * facts.length + numbers.byteLength;
    return bytes;
  }

  /** Goes on to the next row. Facts of its predecessor are still there; numbers are of no meaning. */
  claim(numbers: number): void {
    const place = this.#next % this.rows;
    this.#next += 1;
    const index = (place / CHUNK) | 0;
    this.#put(this.#chunks[index] ?? this.#grow(index), place % CHUNK);
    const aside = this.facts[this.fact + this.width] as Float64Array | undefined;
    if (numbers > this.usual && !(aside && aside.length >= numbers))
      this.facts[this.fact + this.width] = new Float64Array(numbers);
    else if (numbers <= this.usual && aside) this.facts[this.fact + this.width] = undefined;
    this.#readAside();
  }

  /** Goes to a row. @returns whether it is still there */
  seek(row: number): boolean {
    if (row >= this.#next || row < this.#next - this.rows || row < 0) return false;
    const place = row % this.rows;
    this.#put(this.#chunks[(place / CHUNK) | 0]!, place % CHUNK);
    this.#readAside();
    return true;
  }

  /** Lets go of all that is kept. Their numbers are not given again. */
  clear(): void {
    for (const { facts } of this.#chunks) facts.fill(undefined);
  }

  #put({ facts, numbers }: Chunk, place: number): void {
    this.facts = facts;
    this.fact = place * (this.width + 1);
    this.numbers = numbers;
    this.number = place * this.usual;
  }

  #readAside(): void {
    const aside = this.facts[this.fact + this.width] as Float64Array | undefined;
    if (!aside) return;
    this.numbers = aside;
    this.number = 0;
  }

  #grow(index: number): Chunk {
    const chunk = {
      facts: new Array<unknown>(CHUNK * (this.width + 1)).fill(undefined),
      numbers: new Float64Array(CHUNK * this.usual),
    };
    this.#chunks[index] = chunk;
    return chunk;
  }
}
