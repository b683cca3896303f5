/**
 * The states of one policy's buckets, by row: as objects, or packed into one typed array if the algorithm's states are short arrays of numbers.
 *
 * Packed, a state of two numbers takes 16 bytes instead of about 100, and the garbage collector need not visit it.
 * @module
 */
import { bytesOf, bytesOfMany, ENTRY_BYTES, SLOT_BYTES } from '../bytes.js';

/** States by row. */
export interface Column {
  get(row: number): unknown;
  set(row: number, state: unknown): void;
  clear(row: number): void;
  /** Makes room for rows below `capacity`. */
  reserve(capacity: number): void;
  /** Estimated memory in bytes. */
  readonly bytes: number;
}

/** Creates a column. @param width the usual length of a state that is an array of numbers; 0 if states are something else */
export function createColumn(width: number): Column {
  return width > 0 ? new NumberColumn(width) : new ObjectColumn();
}

class ObjectColumn implements Column {
  readonly #states: unknown[] = [undefined];

  get(row: number): unknown {
    return this.#states[row];
  }

  set(row: number, state: unknown): void {
    this.#states[row] = state;
  }

  clear(row: number): void {
    this.#states[row] = undefined;
  }

  reserve(): void {}

  get bytes(): number {
    return SLOT_BYTES * this.#states.length + bytesOfMany(this.#states, this.#states.length);
  }
}

/** Ends a state that is shorter than the width. In the first cell it means that the state is in `#others`. No state contains NaN. */
const NONE = Number.NaN;

class NumberColumn implements Column {
  #cells = new Float64Array(0);
  /** States that do not fit: longer than the width, or no arrays of numbers. They are rare. */
  readonly #others = new Map<number, unknown>();

  constructor(readonly width: number) {}

  get(row: number): unknown {
    const { width } = this;
    const cells = this.#cells;
    const at = row * width;
    let length = 0;
    while (length < width && !Number.isNaN(cells[at + length]!)) length += 1;
    // Array literals: `Array.from` is much slower.
    switch (length) {
      case 0:
        return this.#others.get(row);
      case 2:
        return [cells[at]!, cells[at + 1]!];
      case 3:
        return [cells[at]!, cells[at + 1]!, cells[at + 2]!];
      case 4:
        return [cells[at]!, cells[at + 1]!, cells[at + 2]!, cells[at + 3]!];
      default:
        return Array.from(cells.subarray(at, at + length));
    }
  }

  set(row: number, state: unknown): void {
    const { width } = this;
    const cells = this.#cells;
    const at = row * width;
    if (this.#others.size > 0) this.#others.delete(row);
    if (!Array.isArray(state) || state.length > width || !copy(state, cells, at)) {
      cells[at] = NONE;
      this.#others.set(row, state);
    } else if (state.length < width) cells[at + state.length] = NONE;
  }

  clear(row: number): void {
    this.#cells[row * this.width] = NONE;
    if (this.#others.size > 0) this.#others.delete(row);
  }

  reserve(capacity: number): void {
    const longer = new Float64Array(capacity * this.width);
    longer.set(this.#cells);
    this.#cells = longer;
  }

  get bytes(): number {
    const others = this.#others;
    return this.#cells.byteLength + bytesOfMany(others.values(), others.size, (state) => ENTRY_BYTES + bytesOf(state));
  }
}

/** Copies a state into the cells. Returns false if it is no array of numbers; the cells are undefined then. */
function copy(state: readonly unknown[], cells: Float64Array, at: number): boolean {
  for (let i = 0; i < state.length; i++) {
    const one = state[i];
    if (typeof one !== 'number' || Number.isNaN(one)) return false;
    cells[at + i] = one;
  }
  return state.length > 0;
}
