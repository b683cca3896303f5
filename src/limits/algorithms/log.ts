/**
 * A sorted list of instants, with duplicates: 4 bytes each, in chunks, so that appending one, removing a recent one and dropping the oldest take constant time.
 *
 * A log is immutable. The log made from it shares its chunks, and appends to the last chunk in place if no other log has done so.
 * @module
 */

/** The most instants in a chunk. Larger chunks have less overhead each, but waste more when they are not full. */
const FULL = 256;
/** Up to this many offsets are a plain array, which takes half the memory of a typed array that is almost empty. */
const FEW = 16;
/** The longest distance (ms) between the first and the last instant of a chunk: offsets from the first are stored as 32-bit numbers. */
const REACH_MS = 2 ** 32 - 1;

interface Chunk {
  readonly base: number;
  offsets: number[] | Uint32Array;
  /** How many offsets are in use; a log may append behind them. */
  written: number;
}

/** The beginning of a chunk that belongs to one log. */
interface Part {
  readonly chunk: Chunk;
  readonly length: number;
}

const NO_PART: Part = { chunk: { base: 0, offsets: [], written: 0 }, length: 0 };

/** An immutable sorted list of instants (epoch ms, whole). */
export class InstantLog {
  private constructor(
    readonly before: readonly Part[],
    readonly last: Part,
    /** How many instants at the start of the first part are not in the log. */
    readonly dropped: number,
    readonly size: number,
  ) {}

  /** @param instants whole milliseconds, in order */
  static of(instants: readonly number[]): InstantLog {
    return InstantLog.#joined(pack(instants), 0, instants.length);
  }

  /** The latest instant; `-Infinity` if the log is empty. */
  get latest(): number {
    return this.size === 0 ? Number.NEGATIVE_INFINITY : instantAt(this.last, this.last.length - 1);
  }

  /** The instant at an index, from 0. */
  at(index: number): number {
    let left = index + this.dropped;
    for (const part of this.before) {
      if (left < part.length) return instantAt(part, left);
      left -= part.length;
    }
    return instantAt(this.last, left);
  }

  /** How many instants are not later than `instant`. */
  countUntil(instant: number): number {
    let passed = -this.dropped;
    for (const part of this.before) {
      if (instantAt(part, part.length - 1) > instant) return Math.max(0, passed + lengthUntil(part, instant));
      passed += part.length;
    }
    return Math.max(0, passed + lengthUntil(this.last, instant));
  }

  /** The log with `instant` added `count` times. */
  with(instant: number, count: number): InstantLog {
    const { before, last, dropped, size } = this;
    if (instant < this.latest) return this.#inserted(instant, count);
    const { chunk } = last;
    const length = last.length + count;
    if (size === 0 || chunk.written > last.length || length > FULL || instant - chunk.base > REACH_MS)
      return InstantLog.#joined([...before, last, ...pack(repeated(instant, count))], dropped, size + count);
    if (length > FEW && length > chunk.offsets.length) chunk.offsets = lengthened(chunk.offsets, length);
    for (let i = last.length; i < length; i++) chunk.offsets[i] = instant - chunk.base;
    chunk.written = length;
    return new InstantLog(before, { chunk, length }, dropped, size + count);
  }

  /** The log with up to `count` occurrences of `instant` removed. */
  without(instant: number, count: number): InstantLog {
    let log: InstantLog = this;
    for (let place = this.before.length; place >= 0; place--) {
      const part = this.before[place] ?? this.last;
      const left = count - (this.size - log.size);
      if (left === 0 || part.length === 0 || instantAt(part, part.length - 1) < instant) break;
      const from = Math.max(lengthUntil(part, instant - 1), place === 0 ? this.dropped : 0);
      const to = Math.min(lengthUntil(part, instant), from + left);
      if (from >= to) continue;
      const parts = [...log.before, log.last].with(place, withoutRange(part, from, to));
      log = InstantLog.#joined(parts, log.dropped, log.size - (to - from));
    }
    return log;
  }

  /** The log without the instants that are not later than `instant`. */
  after(instant: number): InstantLog {
    if (this.size === 0 || this.at(0) > instant) return this;
    const parts = [...this.before, this.last];
    const left = parts.filter((part) => instantAt(part, part.length - 1) > instant);
    const dropped = left.length === 0 ? 0 : lengthUntil(left[0]!, instant);
    return InstantLog.#joined(left, dropped, this.size - this.countUntil(instant));
  }

  /** All instants, for snapshots. */
  toJSON(): number[] {
    return [...this.before, this.last].flatMap(instantsOf).slice(this.dropped);
  }

  #inserted(instant: number, count: number): InstantLog {
    const parts = [...this.before, this.last];
    const place = parts.findIndex((part) => instantAt(part, part.length - 1) > instant);
    // Where the clock was set back, the dropped instants may be later than the new one.
    const dropped = place === 0 ? this.dropped : 0;
    const instants = instantsOf(parts[place]!).slice(dropped);
    const at = instants.findIndex((one) => one > instant);
    const changed = [...instants.slice(0, at), ...repeated(instant, count), ...instants.slice(at)];
    parts.splice(place, 1, ...pack(changed));
    return InstantLog.#joined(parts, this.dropped - dropped, this.size + count);
  }

  /** @param dropped how many instants at the start are left out */
  static #joined(parts: readonly Part[], dropped: number, size: number): InstantLog {
    let first = 0;
    let left = dropped;
    for (; first < parts.length && parts[first]!.length <= left; first++) left -= parts[first]!.length;
    const used = parts.slice(first).filter(({ length }) => length > 0);
    return new InstantLog(used.slice(0, -1), used.at(-1) ?? NO_PART, left, size);
  }
}

function repeated(instant: number, count: number): number[] {
  return new Array<number>(count).fill(instant);
}

function instantAt({ chunk }: Part, index: number): number {
  return chunk.base + chunk.offsets[index]!;
}

function instantsOf(part: Part): number[] {
  return Array.from({ length: part.length }, (_, i) => instantAt(part, i));
}

/** How many of the part are not later than `instant`. */
function lengthUntil(part: Part, instant: number): number {
  let [low, high] = [0, part.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instantAt(part, middle) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

function withoutRange({ chunk, length }: Part, from: number, to: number): Part {
  const left = length - (to - from);
  const offsets = chunk.offsets.slice().copyWithin(from, to, length);
  return { chunk: { base: chunk.base, offsets, written: left }, length: left };
}

function pack(instants: readonly number[]): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < instants.length; ) {
    const base = instants[from]!;
    let to = from + 1;
    while (to < instants.length && to - from < FULL && instants[to]! - base <= REACH_MS) to += 1;
    const offsets = instants.slice(from, to).map((instant) => instant - base);
    const chunk = {
      base,
      offsets: offsets.length > FEW ? lengthened(offsets, offsets.length) : offsets,
      written: to - from,
    };
    parts.push({ chunk, length: to - from });
    from = to;
  }
  return parts;
}

/** A copy with room for `length` offsets, and for up to as many more. */
function lengthened(offsets: ArrayLike<number>, length: number): Uint32Array {
  let room = 2 * FEW;
  while (room < length) room *= 2;
  const longer = new Uint32Array(Math.min(FULL, room));
  longer.set(offsets);
  return longer;
}
