/**
 * A ring buffer of rows. Each row has a fixed number of facts (references) and numbers, in a few large arrays that are allocated once and then overwritten.
 * The garbage collector thus has no objects per request to copy.
 *
 * The ring is its own cursor: `claim` and `seek` move it to a row. Until the next move, `facts[fact + i]` and `numbers[number + i]` are the row's values.
 * @module
 */
import { SLOT_BYTES } from '../bytes.js';

/** The arrays of consecutive rows. */
interface Chunk {
  readonly facts: unknown[];
  readonly numbers: Float64Array;
}

/** Rows per chunk. Chunks are allocated on demand, so that a ring with few rows stays small. */
const CHUNK = 256;

/** A ring buffer of rows, and a cursor on it. */
export class Ring {
  /** The array with the facts of the current row. */
  facts: unknown[] = [];
  /** The index of its first fact. */
  fact = 0;
  /** The array with the numbers of the current row. */
  numbers: Float64Array = new Float64Array(0);
  /** The index of its first number. */
  number = 0;
  readonly #chunks: Chunk[] = [];
  #next = 0;

  /**
   * @param rows capacity
   * @param width facts per row
   * @param numberWidth numbers per row; a row with more has an array of its own
   */
  constructor(
    readonly rows: number,
    readonly width: number,
    readonly numberWidth: number,
  ) {}

  /** The number of the next row. Row numbers rise without bound. */
  get next(): number {
    return this.#next;
  }

  /** Bytes of the arrays, without rows' own number arrays and the objects that facts refer to. */
  get bytes(): number {
    let bytes = 0;
    for (const { facts, numbers } of this.#chunks) bytes += SLOT_BYTES * facts.length + numbers.byteLength;
    return bytes;
  }

  /** Moves to the next row. Its facts are those of the row that it overwrites; its numbers are undefined. @param numbers how many it needs */
  claim(numbers: number): void {
    const place = this.#next % this.rows;
    this.#next += 1;
    const index = (place / CHUNK) | 0;
    this.#put(this.#chunks[index] ?? this.#grow(index), place % CHUNK);
    const ownNumbers = this.facts[this.fact + this.width] as Float64Array | undefined;
    if (numbers > this.numberWidth && !(ownNumbers && ownNumbers.length >= numbers))
      this.facts[this.fact + this.width] = new Float64Array(numbers);
    else if (numbers <= this.numberWidth && ownNumbers) this.facts[this.fact + this.width] = undefined;
    this.#useOwnNumbers();
  }

  /** Moves to a row. @returns whether it is still stored */
  seek(row: number): boolean {
    if (row >= this.#next || row < this.#next - this.rows || row < 0) return false;
    const place = row % this.rows;
    this.#put(this.#chunks[(place / CHUNK) | 0]!, place % CHUNK);
    this.#useOwnNumbers();
    return true;
  }

  /** Continues with another row number, in an empty ring. */
  skipTo(row: number): void {
    for (let chunk = 0; chunk * CHUNK < this.rows; chunk++) if (!this.#chunks[chunk]) this.#grow(chunk);
    this.#next = row;
  }

  /** Drops the facts of all rows. Row numbers are not reused. */
  clear(): void {
    for (const { facts } of this.#chunks) facts.fill(undefined);
  }

  #put({ facts, numbers }: Chunk, place: number): void {
    this.facts = facts;
    this.fact = place * (this.width + 1);
    this.numbers = numbers;
    this.number = place * this.numberWidth;
  }

  #useOwnNumbers(): void {
    const ownNumbers = this.facts[this.fact + this.width] as Float64Array | undefined;
    if (!ownNumbers) return;
    this.numbers = ownNumbers;
    this.number = 0;
  }

  #grow(index: number): Chunk {
    const chunk = {
      facts: new Array<unknown>(CHUNK * (this.width + 1)).fill(undefined),
      numbers: new Float64Array(CHUNK * this.numberWidth),
    };
    this.#chunks[index] = chunk;
    return chunk;
  }
}
