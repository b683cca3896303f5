/**
 * Programs that spend from the same bucket with the same credential.
 * @module
 */
import { type Call, chargedDecisions } from '../calls/call.js';
import type { View } from '../calls/view.js';
import { listIn } from '../group.js';
import { firstIndex } from '../search.js';

/** A program and its first and last call that a bucket charged. */
interface Spender {
  readonly program: string;
  readonly first: Call;
  last: Call;
}

/** The programs that one bucket charged with one credential. */
export class Spenders {
  readonly #byProgram = new Map<string, Spender>();
  #index: SpenderIndex | undefined;

  /** The number of programs. */
  get size(): number {
    return this.#byProgram.size;
  }

  /** The first call of each program, in order of arrival. */
  get firstCalls(): readonly Call[] {
    return [...this.#byProgram.values()].map(({ first }) => first);
  }

  /** Adds a charged call. Calls must be added in order of arrival, and before the first question. */
  add(call: Call): void {
    const known = this.#byProgram.get(call.program);
    if (known) known.last = call;
    else this.#byProgram.set(call.program, { program: call.program, first: call, last: call });
  }

  /**
   * Whether another program used the bucket at the same time. It must have started before the call, and its calls must overlap with those of the call's program.
   */
  isShared(call: Call): boolean {
    const own = this.#byProgram.get(call.program);
    if (!own || this.size < 2) return false;
    this.#index ??= new SpenderIndex(this.#byProgram.values());
    const other = this.#index.earliestUntil(own);
    return other !== undefined && other.first.number < call.number;
  }

  /**
   * Whether another program, which had stopped before the call, was charged in the same window. What a response says is left is then not what the call's program has left.
   *
   * @param bucket the bucket that charged the programs
   * @param resetAt the end of the window: epoch ms, virtual
   */
  isLeftByAnother(call: Call, bucket: string, resetAt: number): boolean {
    this.#index ??= new SpenderIndex(this.#byProgram.values());
    const others = this.#index.chargedIn(bucket, resetAt);
    // Only one of the first two can be the program of the call.
    return others.slice(0, 2).some(({ program, last }) => program !== call.program && last.number < call.number);
  }
}

/** Answers questions about all programs in less than linear time. */
class SpenderIndex {
  /** By their last calls. */
  readonly #sorted: readonly Spender[];
  /** For each position of `#sorted`, the two programs from there on that began first. */
  readonly #earliest: readonly (readonly [Spender, Spender?])[];
  readonly #byWindow = new Map<string, Spender[]>();

  constructor(spenders: Iterable<Spender>) {
    this.#sorted = [...spenders].sort((a, b) => a.last.number - b.last.number);
    const earliest: (readonly [Spender, Spender?])[] = new Array(this.#sorted.length);
    let [first, second]: (Spender | undefined)[] = [];
    for (let i = this.#sorted.length - 1; i >= 0; i--) {
      const one = this.#sorted[i]!;
      if (!first || isBefore(one, first)) [first, second] = [one, first];
      else if (!second || isBefore(one, second)) second = one;
      earliest[i] = second ? [first, second] : [first];
    }
    this.#earliest = earliest;
    for (const one of this.#sorted)
      for (const { bucket, resetAt } of chargedDecisions(one.last)) {
        const charged = listIn(this.#byWindow, `${bucket} ${resetAt}`);
        if (charged.at(-1) !== one) charged.push(one);
      }
  }

  /** The program that began first among the others whose last call is not before the first call of this program. */
  earliestUntil(own: Spender): Spender | undefined {
    const from = firstIndex(this.#sorted, ({ last }) => last.number >= own.first.number);
    const [first, second] = this.#earliest[from]!;
    return first === own ? second : first;
  }

  /** The programs whose last call was charged in the window, by their last calls. */
  chargedIn(bucket: string, resetAt: number): readonly Spender[] {
    return this.#byWindow.get(`${bucket} ${resetAt}`) ?? [];
  }
}

/** For each bucket and credential, the programs that were charged. Keys come from `credentialBucketKey`. */
export function spendersOf({ calls }: View): ReadonlyMap<string, Spenders> {
  const spenders = new Map<string, Spenders>();
  for (const call of calls)
    for (const { bucket } of chargedDecisions(call)) {
      const key = credentialBucketKey(call, bucket);
      const programs = spenders.get(key) ?? new Spenders();
      spenders.set(key, programs);
      programs.add(call);
    }
  return spenders;
}

/** Identity of a bucket as it is used with one credential, by any program. */
export function credentialBucketKey(call: Call, bucket: string): string {
  return `${bucket} ${call.caller}`;
}

function isBefore(one: Spender, other: Spender): boolean {
  return one.first.number < other.first.number;
}
