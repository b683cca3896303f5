/**
 * Records outside the heap: each consists of some numbers and a text. They lie one behind the other in large buffers, which the garbage collector does not
 * scan. A buffer is freed when its last record is dropped.
 * @module
 */
import { bytesOfMany, bytesOfText, ENTRY_BYTES } from './bytes.js';

/** Cells of a piece: 256 KiB. A cell has 8 bytes; records and numbers are aligned to cells. */
const CELLS = 2 ** 15;
const CELL_BITS = 15;
/** Cells of the first piece, which is smaller because most stores have few records. */
const FIRST_CELLS = 2 ** 11;
/** Characters of the longest text in a piece. */
const LONGEST = 2 * CELLS;

/** One buffer with records. */
class Piece {
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
  /** Cells in use. */
  used = 0;
  /** Records that have not been dropped. */
  records = 0;

  constructor(readonly cells: number) {
    this.bytes = Buffer.allocUnsafeSlow(8 * cells);
    this.numbers = new Float64Array(this.bytes.buffer, this.bytes.byteOffset, cells);
  }
}

/**
 * A pool of free pieces, shared by all stores. Memory of a dropped buffer is only freed by a full garbage collection, and large external memory triggers full
 * collections early.
 */
const pool: Piece[] = [];
const MAX_POOLED = 128;

function recycle(piece: Piece): void {
  piece.used = 0;
  piece.records = 0;
  if (piece.cells === CELLS && pool.length < MAX_POOLED) pool.push(piece);
}

/** The index of a value in a list, to which it is added if needed. Encodes a value as a number of a record. */
export function indexAmong<T>(known: T[], value: T): number {
  const index = known.indexOf(value);
  return index < 0 ? known.push(value) - 1 : index;
}

/** Records with the same number of numbers. */
export class Records {
  /** Numbers per record. */
  readonly #width: number;
  /** The first piece is unused, so that no record has the number 0. */
  readonly #pieces: (Piece | undefined)[] = [undefined];
  readonly #freeNumbers: number[] = [];
  /** Texts that do not fit into a piece, or that UTF-8 does not round-trip. */
  readonly #heapTexts = new Map<number, string>();
  #last: Piece | undefined;
  #lastNumber = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Adds a record. Its numbers are undefined until they are set. @returns the record: a number above 0 */
  add(text: string): number {
    if (text.length <= LONGEST && text.isWellFormed()) return this.#put(text);
    const record = this.#put('');
    this.#heapTexts.set(record, text);
    return record;
  }

  #put(text: string): number {
    // A UTF-16 code unit takes up to three bytes. One more cell holds the length, and one the rounding.
    const maxCells = this.#width + 2 + Math.ceil((text.length * 3) / 8);
    const last = this.#last;
    const piece = last && last.used + maxCells <= last.cells ? last : this.#open(maxCells);
    const at = piece.used;
    const from = at + this.#width + 1;
    const length = piece.bytes.write(text, from * 8, 'utf8');
    piece.numbers[from - 1] = length;
    piece.used = from + Math.ceil(length / 8);
    piece.records += 1;
    return this.#lastNumber * CELLS + at;
  }

  /** A number of a record. */
  number(record: number, which: number): number {
    return this.#pieceOf(record).numbers[(record & (CELLS - 1)) + which]!;
  }

  /** Sets a number of a record. */
  setNumber(record: number, which: number, value: number): void {
    this.#pieceOf(record).numbers[(record & (CELLS - 1)) + which] = value;
  }

  /** The text of a record. */
  text(record: number): string {
    const heapText = this.#heapTexts.size > 0 ? this.#heapTexts.get(record) : undefined;
    if (heapText !== undefined) return heapText;
    const { bytes, numbers } = this.#pieceOf(record);
    const from = (record & (CELLS - 1)) + this.#width + 1;
    return bytes.toString('utf8', from * 8, from * 8 + numbers[from - 1]!);
  }

  /** Drops a record. */
  drop(record: number): void {
    this.#heapTexts.delete(record);
    const piece = this.#pieceOf(record);
    piece.records -= 1;
    if (piece.records > 0) return;
    if (piece === this.#last) {
      piece.used = 0;
      return;
    }
    const number = record >>> CELL_BITS;
    this.#pieces[number] = undefined;
    this.#freeNumbers.push(number);
    recycle(piece);
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    let bytes = bytesOfMany(this.#heapTexts.values(), this.#heapTexts.size, (text) => ENTRY_BYTES + bytesOfText(text));
    for (const piece of this.#pieces) if (piece) bytes += piece.bytes.byteLength;
    return bytes;
  }

  /** Drops all records. */
  clear(): void {
    for (const piece of this.#pieces) if (piece) recycle(piece);
    this.#pieces.length = 1;
    this.#freeNumbers.length = 0;
    this.#heapTexts.clear();
    this.#last = undefined;
  }

  #pieceOf(record: number): Piece {
    return this.#pieces[record >>> CELL_BITS]!;
  }

  #open(maxCells: number): Piece {
    const isFirst = this.#last === undefined && maxCells <= FIRST_CELLS;
    this.#lastNumber = this.#freeNumbers.pop() ?? this.#pieces.length;
    this.#last = isFirst ? new Piece(FIRST_CELLS) : (pool.pop() ?? new Piece(CELLS));
    this.#pieces[this.#lastNumber] = this.#last;
    return this.#last;
  }
}
