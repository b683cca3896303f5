/**
 * Refusal upon refusal by one limit, with no pause between them.
 * @module
 */
import { type Call, dueAt, refusing, standing, takenFrom, waited } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { count, on, time } from '../words.js';

interface Options {
  readonly refusals: number;
  readonly pause: number;
}

/** Refusals of which each but the first was met in knowledge of one before it. Requests at the same time make it wider, not longer. */
interface Run {
  readonly first: Call;
  readonly all: Call[];
  last: Call;
  length: number;
}

interface Streak extends Incident {
  readonly run: Run;
}

export const hammering = defineCheck<Options>({
  title: 'Went on against a closed door',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      refusals: z.int().min(2).default(3).describe('So many in a row are too many'),
      pause: duration
        .prefault('1s')
        .describe('A wait of so long is a pause, and so is whatever the refusal told to wait'),
    }),
  find({ timeline }, { refusals, pause }) {
    /** The newest refusal that the caller knows of, by caller and limit. */
    const newest = new Map<string, Call>();
    const placed = new Map<Call, { run: Run; length: number }>();
    const runs: Run[] = [];
    for (const { call, answered } of timeline) {
      if (answered) {
        if (call.outcome === 'refused') newest.set(place(call), call);
        else for (const one of [call.same, ...bucketsOf(call)]) newest.delete(one);
      } else if (call.outcome === 'refused') {
        const before = newest.get(place(call));
        const known = before && restored(call, before, pause) ? placed.get(before) : undefined;
        const run = known?.run ?? { first: call, all: [], last: call, length: 0 };
        const length = (known?.length ?? 0) + 1;
        if (!known) runs.push(run);
        run.all.push(call);
        placed.set(call, { run, length });
        if (length > run.length) Object.assign(run, { last: call, length });
      }
    }
    const incidents = runs
      .filter(({ length }) => length >= refusals)
      .map((run): Streak => ({ call: run.last, with: run.all, run }));
    return perCaller(
      incidents,
      ({ call, run: { first, length } }, all) => {
        const within = time(Math.max(0, call.entry.at - first.entry.at));
        const more = all.length === 1 ? '' : `, and in ${count(all.length - 1, 'other row')}`;
        return `was refused ${length} times in a row within ${within}, ${on(call)}${more}`;
      },
      ({ run }) => run.length,
    );
  },
});

/** The limit, or where none refused it the request. */
function place(call: Call): string {
  const bucket = refusing(call)?.bucket;
  return bucket === undefined ? call.same : standing(call, bucket);
}

function bucketsOf(call: Call): readonly string[] {
  return takenFrom(call).map(({ bucket }) => standing(call, bucket));
}

/** Neither a pause nor as long as it was told. */
function restored(call: Call, before: Call, pause: number): boolean {
  const gap = waited(call, before);
  const due = dueAt(before);
  return gap >= 0 && gap < pause && !(due !== undefined && call.entry.at >= due);
}
