/**
 * Records that are put away where the garbage collector does not go, one behind the other in large pieces of memory: some numbers, and a text. A piece goes when the
 * last of its records is let go of.
 * @module
 */
import { bytesOfMany, bytesOfText, ENTRY_BYTES } from './bytes.js';

/** Cells of a piece, 256 KiB: numbers are of 8 bytes, and stand at multiples of that; so do records. */
const CELLS = 2 ** 15;
const CELL_BITS = 15;
/** Cells of the first piece: most have few records. */
const FIRST_CELLS = 2 ** 11;
/** Characters of a text in a piece. */
const LONGEST = 2 * CELLS;

class Piece {
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
  /** Cells that are taken. */
  used = 0;
  /** Records that are still wanted. */
  records = 0;

  constructor(readonly cells: number) {
    this.bytes = Buffer.allocUnsafeSlow(8 * cells);
    this.numbers = new Float64Array(this.bytes.buffer, this.bytes.byteOffset, cells);
  }
}

/**
 * Pieces that are free to be used again, by whomever: memory that one has let go of is free only after a collection of all garbage, and one that holds much of it asks
 * for a collection early.
 */
const spare: Piece[] = [];
const MAX_SPARE = 128;

function giveBack(piece: Piece): void {
  piece.used = 0;
  piece.records = 0;
  if (piece.cells === CELLS && spare.length < MAX_SPARE) spare.push(piece);
}

/** What stands for it in a record, which holds numbers: its place among those that are known, of which it is one from now on. */
export function placeAmong<T>(known: T[], one: T): number {
  const place = known.indexOf(one);
  return place < 0 ? known.push(one) - 1 : place;
}

export class Records {
  /** Numbers of each record. */
  readonly #width: number;
  /** The first stands for none, so that no record is at 0. */
  readonly #pieces: (Piece | undefined)[] = [undefined];
  readonly #gone: number[] = [];
  /** Texts that do not fit into a piece, or would not come back from UTF-8 as they were. */
  readonly #others = new Map<number, string>();
  #last: Piece | undefined;
  #lastNumber = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** @returns where it is, a number above 0. Its numbers are to be set. */
  add(text: string): number {
    if (text.length <= LONGEST && text.isWellFormed()) return this.#put(text);
    const record = this.#put('');
    this.#others.set(record, text);
    return record;
  }

  #put(text: string): number {
    // No character takes more than three bytes; a cell more for the length, and one for what the last one is not full of.
    const most = this.#width + 2 + Math.ceil((text.length * 3) / 8);
    const last = this.#last;
    const piece = last && last.used + most <= last.cells ? last : this.#open(most);
    const at = piece.used;
    const from = at + this.#width + 1;
    const length = piece.bytes.write(text, from * 8, 'utf8');
    piece.numbers[from - 1] = length;
    piece.used = from + Math.ceil(length / 8);
    piece.records += 1;
    return this.#lastNumber * CELLS + at;
  }

  number(record: number, which: number): number {
    return this.#pieceOf(record).numbers[(record & (CELLS - 1)) + which]!;
  }

  setNumber(record: number, which: number, value: number): void {
    this.#pieceOf(record).numbers[(record & (CELLS - 1)) + which] = value;
  }

  text(record: number): string {
    const other = this.#others.size > 0 ? this.#others.get(record) : undefined;
    if (other !== undefined) return other;
    const { bytes, numbers } = this.#pieceOf(record);
    const from = (record & (CELLS - 1)) + this.#width + 1;
    return bytes.toString('utf8', from * 8, from * 8 + numbers[from - 1]!);
  }

  /** Lets go of a record. */
  drop(record: number): void {
    this.#others.delete(record);
    const piece = this.#pieceOf(record);
    piece.records -= 1;
    if (piece.records > 0) return;
    if (piece === this.#last) {
      piece.used = 0;
      return;
    }
    const number = record >>> CELL_BITS;
    this.#pieces[number] = undefined;
    this.#gone.push(number);
    giveBack(piece);
  }

  /** Bytes that it takes: an estimate. */
  get bytes(): number {
    let bytes = bytesOfMany(this.#others.values(), this.#others.size, (text) => ENTRY_BYTES + bytesOfText(text));
    for (const piece of this.#pieces) if (piece) bytes += piece.bytes.byteLength;
    return bytes;
  }

  /** Lets go of all. */
  clear(): void {
    for (const piece of this.#pieces) if (piece) giveBack(piece);
    this.#pieces.length = 1;
    this.#gone.length = 0;
    this.#others.clear();
    this.#last = undefined;
  }

  #pieceOf(record: number): Piece {
    return this.#pieces[record >>> CELL_BITS]!;
  }

  #open(most: number): Piece {
    const isFirst = this.#last === undefined && most <= FIRST_CELLS;
    this.#lastNumber = this.#gone.pop() ?? this.#pieces.length;
    this.#last = isFirst ? new Piece(FIRST_CELLS) : (spare.pop() ?? new Piece(CELLS));
    this.#pieces[this.#lastNumber] = this.#last;
    return this.#last;
  }
}
