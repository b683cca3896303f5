/**
 * Programs whose tasks send the same request one after another, and each task waits as it was told.
 *
 * Tasks that begin some time apart need never have two requests in flight at once, so their program looks like one that retries too early: one task is refused, and
 * another sends its first request before the first task's wait is over. The whole run tells them apart. If each refused request has a partner of its own, which
 * came when the wait was over, nobody came back early.
 * @module
 */
import type { Step } from '../knowledge/timeline.js';
import { firstIndex } from '../search.js';
import { type Call, dueAt, reportedUntil, reportedWait, senderOf, waited } from './call.js';

/** A partner comes at most this long after the wait: this many milliseconds, or this share of the stated wait. */
const LATE_MS = 500;
const LATE_SHARE = 0.5;
/**
 * A program that mostly sends its next request within this time after a success sends one after another, so its early requests are no first requests of other
 * tasks. Milliseconds.
 */
const NEXT_MS = 30;
/** Number of successes that show it. */
const MIN_SUCCESSES = 3;

/** Returns the names (`senderOf`) of programs with staggered tasks that all wait as stated. */
export function staggeredPrograms(timeline: readonly Step[]): ReadonlySet<string> {
  const senders = new Map<string, StaggeredTasks>();
  for (const { call, answered } of timeline) {
    const known = senders.get(senderOf(call)) ?? new StaggeredTasks();
    senders.set(senderOf(call), known);
    if (answered) known.answered(call);
    else known.sent(call);
  }
  return new Set([...senders].filter(([, tasks]) => tasks.areStaggered()).map(([sender]) => sender));
}

/** The requests of one program with one credential. */
class StaggeredTasks {
  /** Refused requests without a partner, by request. */
  readonly #refused = new Map<string, WaitingCalls>();
  /** Times from a success to the next request. Milliseconds. */
  readonly #pauses: number[] = [];
  #latest: Call | undefined;
  /** Whether a request came while another was to wait. */
  #hasEarly = false;
  #isPolite = true;

  answered(call: Call): void {
    if (call.outcome !== 'refused' || !this.#isPolite) return;
    const due = dueAt(call);
    if (due === undefined) {
      this.#isPolite = false;
      return;
    }
    const waiting = this.#refused.get(call.requestKey) ?? new WaitingCalls();
    this.#refused.set(call.requestKey, waiting);
    waiting.add({ call, due });
  }

  sent(call: Call): void {
    if (!this.#isPolite) return;
    const before = this.#latest;
    this.#latest = call;
    if (before?.outcome === 'succeeded') this.#pauses.push(waited(call, before));
    const waiting = this.#refused.get(call.requestKey);
    const first = waiting?.first;
    if (!waiting || !first) return;
    if (call.entry.at < first.due) this.#hasEarly = true;
    else {
      waiting.removeFirst();
      if (isLate(first.call, call)) this.#isPolite = false;
    }
  }

  /** Whether tasks overlap, all of them waited as stated, and the program does not send one request after another. */
  areStaggered(): boolean {
    const last = this.#latest;
    if (!last || !this.#isPolite || !this.#hasEarly || this.#pauses.length < MIN_SUCCESSES) return false;
    if ([...this.#refused.values()].some((waiting) => waiting.list().some(({ call }) => isLate(call, last))))
      return false;
    const sorted = this.#pauses.sort((a, b) => a - b);
    return sorted[sorted.length >> 1]! >= NEXT_MS;
  }
}

/** A refused call and the earliest instant at which it may come back; virtual epoch ms. */
interface WaitingCall {
  readonly call: Call;
  readonly due: number;
}

/** Refused calls by the instant at which they are due. In most cases they are added in this order. */
class WaitingCalls {
  readonly #all: WaitingCall[] = [];
  #next = 0;

  get first(): WaitingCall | undefined {
    return this.#all[this.#next];
  }

  add(waiting: WaitingCall): void {
    const last = this.#all.at(-1);
    if (!last || last.due <= waiting.due) this.#all.push(waiting);
    else
      this.#all.splice(
        Math.max(
          this.#next,
          firstIndex(this.#all, ({ due }) => due > waiting.due),
        ),
        0,
        waiting,
      );
  }

  removeFirst(): void {
    this.#next += 1;
  }

  list(): readonly WaitingCall[] {
    return this.#all.slice(this.#next);
  }
}

/** Whether the call came too long after the wait to be the partner of the refused request. */
function isLate(refused: Call, call: Call): boolean {
  return call.entry.at > reportedUntil(refused)! + Math.max(LATE_MS, LATE_SHARE * reportedWait(refused));
}
