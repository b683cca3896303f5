/**
 * Several requests that had been refused came back within the same few milliseconds, just when they were told to.
 * @module
 */
import { type Call, dueAt, refusing, reportedUntil, TIMER_TOLERANCE_MS, waited } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { count, named, time } from '../../words.js';

interface Options {
  readonly requests: number;
  readonly within: number;
}

/** A client that came back sooner did not wait; other checks find that. */
const WAITED_MS = 500;
/** A client that comes later than this has added jitter. */
const ON_TIME_MS = 50;

export const noJitter = defineCheck<Options>({
  title: 'Came back all at once',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      requests: z.int().min(2).default(3).describe('Number of requests at the same moment that is a finding'),
      within: duration.prefault('10ms').describe('Time that counts as the same moment'),
    }),
  ending: (all) => `, and ${count(all - 1, 'other crowd')}`,
  find({ calls }, { requests, within }) {
    const back = calls.filter(({ repeats }) => repeats?.outcome === 'refused' && reportedUntil(repeats) !== undefined);
    const crowds = [...groupBy(back, occasion).values()].flatMap((all) => {
      const crowd = densest(all.filter(isOnTime), within);
      // Of many that come at random, a few meet by chance.
      return crowd.length >= requests && crowd.length * 2 >= all.length ? [crowd] : [];
    });
    const incidents = crowds.map((crowd): Incident => {
      const callers = new Map(crowd.map(({ caller, who }) => [caller, who]));
      const ms = crowd.at(-1)!.entry.at - crowd[0]!.entry.at;
      const how = ms === 0 ? 'at the same moment' : `within ${time(ms)} of each other`;
      return {
        call: crowd.reduce((last, call) => (call.number > last.number ? call : last)),
        with: crowd,
        who: `on ${named([...callers.values()], 'caller')}`,
        says: `${crowd.length} refused requests came back ${how}`,
        weight: crowd.length,
      };
    });
    return { judged: back.length >= requests ? back.length : 0, incidents };
  },
});

/** Calls of any caller that were refused by the same limit and told to come back in the same second. */
function occasion(call: Call): string {
  const refusal = call.repeats!;
  const second = Math.floor((reportedUntil(refusal) ?? 0) / 1_000);
  return `${refusing(refusal)?.policy} ${second}`;
}

/** Whether it waited, and no longer than `Retry-After` or the reset told. */
function isOnTime(call: Call): boolean {
  const refusal = call.repeats!;
  if (waited(call, refusal) < WAITED_MS) return false;
  const reset = dueAt(refusal)!;
  const late = [reportedUntil(refusal)!, reset, Math.ceil(reset / 1_000) * 1_000].map((due) => call.entry.at - due);
  return late.some((ms) => ms >= -TIMER_TOLERANCE_MS && ms <= ON_TIME_MS);
}

/** The largest group that came within so many milliseconds. */
function densest(calls: readonly Call[], within: number): readonly Call[] {
  const inOrder = [...calls].sort((a, b) => a.entry.at - b.entry.at);
  let [from, to] = [0, 0];
  for (let start = 0, end = 0; end < inOrder.length; end++) {
    while (inOrder[end]!.entry.at - inOrder[start]!.entry.at > within) start++;
    if (end + 1 - start > to - from) [from, to] = [start, end + 1];
  }
  return inOrder.slice(from, to);
}
