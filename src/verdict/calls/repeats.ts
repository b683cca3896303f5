/**
 * Links each call to the call that it retries.
 *
 * In a program that sends one request at a time, a call retries the newest equal unsuccessful call. In a program with several equal requests in flight, the
 * call after a failure may be the first attempt of another task, and the retry may come later. There, a call retries the oldest equal call whose wait is over.
 * A call that comes too soon for all of them is linked to a failure only if no later call retries that failure. The same holds for a program with staggered
 * tasks (`staggered.ts`).
 *
 * An idempotency key names the request: if a key comes again, the later call retries the earlier one, and no call with another key does.
 * @module
 */

import type { Step } from '../knowledge/timeline.js';
import { answeredAt, type Call, dueAt, senderOf } from './call.js';
import { staggeredPrograms } from './staggered.js';

/** Equal unsuccessful calls that have not been retried. */
interface OpenCalls {
  all: Call[];
  /** Index of the first call in `all` that has not been retried. */
  next: number;
  /** Calls without any link, including a link to a call that came too soon. */
  unlinked: Call[];
  /** The newest unsuccessful call with each idempotency key that comes again. The other lists do not contain these calls. */
  readonly byIdempotencyKey: Map<string, Call>;
}

/** The wait after a response that states none. A call within a shorter time has not waited. */
const SHORTEST_WAIT_MS = 100;

/** Sets `repeats`, `repeatedBy` and `failedBefore` of all calls. */
export function linkRepeats(timeline: readonly Step[]): void {
  const concurrent = new Set([...concurrentPrograms(timeline), ...staggeredPrograms(timeline)]);
  const comesAgain = repeatedKeys(timeline);
  const lists = new Map<string, OpenCalls>();
  /** Provisional links. They are applied at the end if no better link was found. */
  const tooSoon: [earlier: Call, call: Call][] = [];
  for (const { call, answered } of timeline) {
    const open: OpenCalls = lists.get(call.requestKey) ?? {
      all: [],
      next: 0,
      unlinked: [],
      byIdempotencyKey: new Map(),
    };
    lists.set(call.requestKey, open);
    const { idempotencyKey = '' } = call.entry;
    if (answered && (call.outcome === 'refused' || call.outcome === 'failed')) {
      if (comesAgain(call)) open.byIdempotencyKey.set(idempotencyKey, call);
      else {
        open.all.push(call);
        open.unlinked.push(call);
      }
    } else if (!answered && open.byIdempotencyKey.has(idempotencyKey)) {
      link(open.byIdempotencyKey.get(idempotencyKey), call);
      open.byIdempotencyKey.delete(idempotencyKey);
    } else if (!concurrent.has(senderOf(call))) {
      if (!answered) link(open.all.at(-1), call);
      // After a retry or a successful response, the earlier failures are settled. A later call is a new request.
      open.all = [];
    } else if (!answered) {
      // Responses are sent in order, and in most cases their waits end in the same order.
      const first = open.all[open.next];
      const unlinked = isDue(first, call) ? undefined : open.unlinked.pop();
      if (isDue(first, call)) link(open.all[open.next++], call);
      else if (unlinked) tooSoon.push([unlinked, call]);
    }
  }
  for (const [earlier, call] of tooSoon) if (!earlier.repeatedBy && !call.repeats) link(earlier, call);
  for (const { call, answered } of timeline) if (!answered) setFailedBefore(call);
}

/** Returns a function that tells whether a later equal request has the idempotency key of a call. */
function repeatedKeys(timeline: readonly Step[]): (call: Call) => boolean {
  const nameOf = ({ requestKey, entry: { idempotencyKey } }: Call) =>
    idempotencyKey === undefined ? undefined : JSON.stringify([requestKey, idempotencyKey]);
  const last = new Map<string, Call>();
  for (const { call, answered } of timeline) {
    const name = answered ? undefined : nameOf(call);
    if (name !== undefined) last.set(name, call);
  }
  return (call) => {
    const name = nameOf(call);
    return name !== undefined && last.get(name)!.number > call.number;
  };
}

/** Whether the wait after the earlier call is over when the call arrives. */
function isDue(earlier: Call | undefined, call: Call): boolean {
  return earlier !== undefined && call.entry.at >= (dueAt(earlier) ?? answeredAt(earlier) + SHORTEST_WAIT_MS);
}

/** The programs that had several equal requests in flight at once. */
function concurrentPrograms(timeline: readonly Step[]): ReadonlySet<string> {
  const underWay = new Map<string, number>();
  const concurrent = new Set<string>();
  for (const { call, answered } of timeline) {
    const now = (underWay.get(call.requestKey) ?? 0) + (answered ? -1 : 1);
    underWay.set(call.requestKey, now);
    if (now > 1) concurrent.add(senderOf(call));
  }
  return concurrent;
}

function link(earlier: Call | undefined, call: Call | undefined): void {
  if (!earlier || !call) return;
  earlier.repeatedBy = call;
  call.repeats = earlier;
}

/** Sets `failedBefore`. Calls must be given in order of arrival. */
function setFailedBefore(call: Call): void {
  const { repeats } = call;
  if (repeats) call.failedBefore = repeats.outcome === 'failed' ? repeats : repeats.failedBefore;
}
