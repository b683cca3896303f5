/**
 * The caller came back on the limit that had refused it before the time that it was told to wait had passed.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { listIn } from '../group.js';
import { type Call, known, refusing, TIMER_TOLERANCE_MS, takenFrom, toldUntil, waited } from '../view.js';
import { time, times } from '../words.js';

interface Early extends Incident {
  readonly waitedMs: number;
  readonly toldMs: number;
}

export const retryTooEarly = defineCheck({
  title: 'Came back before it was told to',
  severity: 'error',
  options: (z) => z.strictObject({}),
  find({ calls }) {
    /** Refusals, by caller and bucket. */
    const refusals = new Map<string, Call[]>();
    const incidents: Early[] = [];
    for (const call of calls) {
      const told = [...waitsFor(call, refusals)].find((earlier) => isEarly(call, earlier));
      if (told)
        incidents.push({
          call,
          with: [told],
          waitedMs: waited(call, told),
          toldMs: told.entry.retryAfter! * 1_000,
        });
      const refused = refusing(call);
      if (refused && call.entry.retryAfter !== undefined) listIn(refusals, key(call, refused.bucket)).push(call);
    }
    return perCaller(
      incidents,
      ({ call, waitedMs, toldMs }, all) =>
        `came back ${time(waitedMs)} after being told to wait ${time(toldMs)}, on ${call.who}${times(all)}`,
      ({ waitedMs, toldMs }) => toldMs - waitedMs,
    );
  },
});

/** The refusals that the call should have waited for: the newest that its client knows of, of each limit that it meets, and the one that it repeats. */
function* waitsFor(call: Call, refusals: ReadonlyMap<string, Call[]>): Generator<Call> {
  for (const { bucket } of takenFrom(call)) {
    const [newest] = known(call, refusals.get(key(call, bucket)) ?? []);
    if (newest) yield newest;
  }
  // What no policy refused (a 429 or 503 of the provider's own) may tell to wait as well.
  if (call.repeats) yield call.repeats;
}

function isEarly(call: Call, earlier: Call): boolean {
  const until = toldUntil(earlier);
  const gap = waited(call, earlier);
  if (until === undefined || gap < 0) return false;
  const early = until - call.entry.at;
  return early > (call.entry.admitted ? TIMER_TOLERANCE_MS : 0);
}

function key({ caller }: Call, bucket: string): string {
  return `${bucket} ${caller}`;
}
