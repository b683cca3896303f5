/**
 * The caller came back on the limit that had refused it before the time that it was told to wait had passed.
 * @module
 */
import { type Call, dueAt, refusing, standing, TIMER_TOLERANCE_MS, takenFrom, waited } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { on, time, times } from '../words.js';

interface Early extends Incident {
  readonly waitedMs: number;
  readonly toldMs: number;
}

/** Refusals that a caller has to wait for, by caller and bucket: the newest that it knows of. */
type Waits = Map<string, Call>;

export const retryTooEarly = defineCheck({
  title: 'Came back before it was told to',
  severity: 'error',
  options: (z) => z.strictObject({}),
  find({ timeline }) {
    const waits: Waits = new Map();
    const incidents: Early[] = [];
    for (const { call, answered } of timeline) {
      if (answered) {
        remember(waits, call);
        continue;
      }
      const told = [...waitsFor(call, waits)].find((refusal) => isEarly(call, refusal));
      if (!told) continue;
      const toldMs = told.entry.retryAfter! * 1_000;
      incidents.push({ call, with: [told], waitedMs: waited(call, told), toldMs });
    }
    return perCaller(
      incidents,
      ({ call, waitedMs, toldMs }, all) =>
        `came back ${time(waitedMs)} after being told to wait ${time(toldMs)}, ${on(call)}${times(all)}`,
      ({ waitedMs, toldMs }) => toldMs - waitedMs,
    );
  },
});

function remember(waits: Waits, call: Call): void {
  const refused = refusing(call);
  for (const { bucket, cost } of takenFrom(call)) {
    const place = standing(call, bucket);
    const before = waits.get(place);
    if (before && before.number > call.number) continue;
    if (refused?.bucket === bucket && call.entry.retryAfter !== undefined) waits.set(place, call);
    // Whoever has been let in for as much need not wait any more, however that came about.
    else if (before && call.entry.admitted && cost >= refusing(before)!.cost) waits.delete(place);
  }
}

/** The refusals that the call should have waited for: by each limit that it meets, and the one that it repeats. */
function* waitsFor(call: Call, waits: Waits): Generator<Call> {
  for (const { bucket, cost } of takenFrom(call)) {
    const refusal = waits.get(standing(call, bucket));
    const { cost: wanted, resetAt } = (refusal && refusing(refusal)) ?? {};
    // What was told of much need not hold for less. Where room comes from what ends, not with time, it is told of the request that was refused, and whoever sees
    // a place become free may send another.
    const isMeant = cost >= (wanted ?? 0) && (resetAt !== null || !call.entry.admitted);
    if (refusal && isMeant) yield refusal;
  }
  // What no policy refused (a 429 or 503 of the provider's own) may tell to wait as well.
  if (call.repeats) yield call.repeats;
}

function isEarly(call: Call, refusal: Call): boolean {
  const due = dueAt(refusal);
  if (due === undefined || waited(call, refusal) < 0) return false;
  const { admitted, at } = call.entry;
  const { resetAt, retryAt } = refusing(refusal) ?? {};
  // A place that was to become free in so long became free sooner: somebody has ended what held it, and who did that knows.
  if (admitted && resetAt === null && retryAt != null && at < retryAt) return false;
  return due - at > (admitted ? TIMER_TOLERANCE_MS : 0);
}
