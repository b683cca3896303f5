/**
 * Refusal upon refusal by one limit, with no pause between them.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { groupBy } from '../group.js';
import { type Call, knows, refusing, waited } from '../view.js';
import { count, time } from '../words.js';

interface Options {
  readonly refusals: number;
  readonly pause: number;
}

interface Streak extends Incident {
  readonly length: number;
  readonly ms: number;
}

export const hammering = defineCheck<Options>({
  title: 'Went on against a closed door',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      refusals: z.int().min(2).default(3).describe('So many in a row are too many'),
      pause: duration.prefault('1s').describe('A wait of so long is a pause'),
    }),
  find({ calls }, { refusals, pause }) {
    const refused = calls.filter((call) => call.outcome === 'refused');
    const incidents: Streak[] = [];
    for (const all of groupBy(refused, place).values()) {
      for (const streak of streaks(all, pause)) {
        if (streak.length < refusals) continue;
        const [first] = streak;
        const last = streak.at(-1)!;
        incidents.push({ call: last, with: streak, length: streak.length, ms: last.entry.at - first!.entry.at });
      }
    }
    return perCaller(
      incidents,
      ({ call, length, ms }, all) => {
        const others = all.length === 1 ? '' : `, and ${count(all.length - 1, 'time')} more`;
        return `was refused ${length} times in a row within ${time(ms)}, on ${call.who}${others}`;
      },
      ({ length }) => length,
    );
  },
});

function place(call: Call): string {
  return `${refusing(call)?.bucket ?? call.same} ${call.caller}`;
}

/** Runs of refusals of which each was sent in knowledge of the one before, without a pause. */
function streaks(refused: readonly Call[], pause: number): Call[][] {
  const runs: Call[][] = [];
  for (const call of refused) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const goesOn = before && knows(call, before) && waited(call, before) >= 0 && waited(call, before) < pause;
    if (goesOn) run!.push(call);
    else runs.push([call]);
  }
  return runs;
}
