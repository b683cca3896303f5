/**
 * Where the states of one policy's buckets are kept, by row: as objects, or, where an algorithm's states are short lists of numbers, in one array of numbers.
 *
 * A list of two numbers takes 16 bytes instead of about 100, and nothing for the garbage collector to walk through.
 * @module
 */
import { bytesOf, bytesOfMany, ENTRY_BYTES, PLACE_BYTES } from '../bytes.js';

export interface Column {
  get(row: number): unknown;
  set(row: number, state: unknown): void;
  clear(row: number): void;
  /** Has room for rows below `capacity` from now on. */
  reserve(capacity: number): void;
  /** Bytes that it takes: an estimate. */
  readonly bytes: number;
}

/** @param width how many numbers a state has as a rule, or fewer; 0: it is something else */
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
    return PLACE_BYTES * this.#states.length + bytesOfMany(this.#states, this.#states.length);
  }
}

/** No state holds it, so it marks the end of one that is shorter, or, in the first place, one that is kept elsewhere. */
const NONE = Number.NaN;

class NumberColumn implements Column {
  #cells = new Float64Array(0);
  /** The rare states that are longer, or no numbers at all. */
  readonly #others = new Map<number, unknown>();

  constructor(readonly width: number) {}

  get(row: number): unknown {
    const { width } = this;
    const cells = this.#cells;
    const at = row * width;
    let length = 0;
    while (length < width && !Number.isNaN(cells[at + length]!)) length += 1;
    // Written out, since lists that are made by number are by far the slower ones.
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

/** Whether it is a list of numbers, which now stand in the cells; if it is not, something of it may. */
function copy(state: readonly unknown[], cells: Float64Array, at: number): boolean {
  for (let i = 0; i < state.length; i++) {
    const one = state[i];
    if (typeof one !== 'number' || Number.isNaN(one)) return false;
    cells[at + i] = one;
  }
  return state.length > 0;
}
