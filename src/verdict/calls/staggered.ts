/**
 * Programs whose tasks send the same request one after another, and each task waits as it was told.
 *
 * Tasks that begin some time apart need never have two requests in flight at once, so their program looks like one that retries too early: one task is refused, and
 * another sends its first request before the first task's wait is over. The whole run tells them apart:
 *
 * - Each refused request has a partner of its own, which came when the wait was over.
 * - Refusals do not change the rhythm in which tasks begin.
 * - Once all tasks wait, nothing is sent until the first wait is over. A loop goes on.
 * @module
 */
import type { Step } from '../knowledge/timeline.js';
import { median } from '../median.js';
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
/** Number of successes, and of early requests, that show it. */
const MIN_REQUESTS = 3;
/** The median pause before an early request and that after a success differ by at most this factor if tasks begin in one rhythm. */
const RHYTHM_FACTOR = 2;
/** Once all tasks wait, the pause is at least this many times as long as the median pause after a success. */
const IDLE_FACTOR = 3;

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
  /** Times from the previous request to one that came while another was to wait. Milliseconds. */
  readonly #earlyPauses: number[] = [];
  /** Times from the last of these to the first request after the wait. Milliseconds. */
  readonly #idle: number[] = [];
  #isLatestEarly = false;
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
    const pause = before ? call.entry.at - before.entry.at : 0;
    const isEarly = call.entry.at < first.due;
    if (isEarly) this.#earlyPauses.push(pause);
    else {
      if (this.#isLatestEarly) this.#idle.push(pause);
      waiting.removeFirst();
      if (isLate(first.call, call)) this.#isPolite = false;
    }
    this.#isLatestEarly = isEarly;
  }

  /** Whether tasks overlap, all of them waited as stated, and the program does not send one request after another. */
  areStaggered(): boolean {
    const last = this.#latest;
    if (!last || !this.#isPolite || Math.min(this.#pauses.length, this.#earlyPauses.length) < MIN_REQUESTS)
      return false;
    if ([...this.#refused.values()].some((waiting) => waiting.list().some(({ call }) => isLate(call, last))))
      return false;
    const usual = median(this.#pauses);
    const early = median(this.#earlyPauses);
    const isOneRhythm = early <= RHYTHM_FACTOR * usual && usual <= RHYTHM_FACTOR * early;
    return usual >= NEXT_MS && isOneRhythm && this.#idle.every((ms) => ms >= IDLE_FACTOR * usual);
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
