/**
 * Where the states of one policy's buckets are kept, by slot: as objects, or, where an algorithm's states are short lists of numbers, in one array of numbers.
 *
 * A list of two numbers takes 16 bytes instead of about 100, and nothing for the garbage collector to walk through.
 * @module
 */

export interface Column {
  get(slot: number): unknown;
  set(slot: number, state: unknown): void;
  clear(slot: number): void;
  /** Has room for slots below `capacity` from now on. */
  reserve(capacity: number): void;
}

/** @param width how many numbers a state has as a rule, or fewer; 0: it is something else */
export function createColumn(width: number): Column {
  return width > 0 ? new NumberColumn(width) : new ObjectColumn();
}

class ObjectColumn implements Column {
  readonly #states: unknown[] = [undefined];

  get(slot: number): unknown {
    return this.#states[slot];
  }

  set(slot: number, state: unknown): void {
    this.#states[slot] = state;
  }

  clear(slot: number): void {
    this.#states[slot] = undefined;
  }

  reserve(): void {}
}

/** No state holds it, so it marks the end of one that is shorter, or, in the first place, one that is kept elsewhere. */
const NONE = Number.NaN;

class NumberColumn implements Column {
  #cells = new Float64Array(0);
  /** The rare states that are longer, or no numbers at all. */
  readonly #others = new Map<number, unknown>();

  constructor(readonly width: number) {}

  get(slot: number): unknown {
    const { width } = this;
    const at = slot * width;
    const cells = this.#cells;
    let length = 0;
    while (length < width && !Number.isNaN(cells[at + length]!)) length += 1;
    // Written out, since lists that are made by number are by far the slower ones.
    if (length === 2) return [cells[at]!, cells[at + 1]!];
    if (length === 3) return [cells[at]!, cells[at + 1]!, cells[at + 2]!];
    if (length === 4) return [cells[at]!, cells[at + 1]!, cells[at + 2]!, cells[at + 3]!];
    return length === 0 ? this.#others.get(slot) : Array.from(cells.subarray(at, at + length));
  }

  set(slot: number, state: unknown): void {
    const { width } = this;
    const at = slot * width;
    const cells = this.#cells;
    if (this.#others.size > 0) this.#others.delete(slot);
    if (fits(state, width)) {
      for (let i = 0; i < width; i++) cells[at + i] = i < state.length ? state[i]! : NONE;
      return;
    }
    cells[at] = NONE;
    this.#others.set(slot, state);
  }

  clear(slot: number): void {
    this.#cells[slot * this.width] = NONE;
    if (this.#others.size > 0) this.#others.delete(slot);
  }

  reserve(capacity: number): void {
    const longer = new Float64Array(capacity * this.width);
    longer.set(this.#cells);
    this.#cells = longer;
  }
}

function fits(state: unknown, width: number): state is readonly number[] {
  if (!Array.isArray(state) || state.length === 0 || state.length > width) return false;
  for (let i = 0; i < state.length; i++) if (typeof state[i] !== 'number' || Number.isNaN(state[i])) return false;
  return true;
}
