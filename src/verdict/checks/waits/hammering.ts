/**
 * A client was refused by one limit again and again, without a pause in between and without growing waits.
 * @module
 */
import { type Call, placeOf, refusing, takenFrom, waited } from '../../calls/call.js';
import { earlyCalls, goesOn } from '../../calls/early.js';
import type { View } from '../../calls/view.js';
import { defineCheck, followed, type Incident } from '../../check.js';
import { type Fold, KnownAnswers } from '../../knowledge/known-answers.js';
import { count, time } from '../../words.js';

interface Options {
  readonly refusals: number;
  readonly pause: number;
}

/** Refusals in a row: each but the first was met by a call whose client knew the one before. Requests at the same time do not make it longer. */
interface Run {
  readonly first: Call;
  readonly all: Call[];
  last: Call;
  length: number;
}

/** Waits grow where each is at least so many times the one before, and the first is at least `MIN_WAIT_MS`. */
const GROWTH = 1.4;
const MIN_WAIT_MS = 50;

export const hammering = defineCheck<Options>({
  title: 'Went on while refused',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      refusals: z.int().min(2).default(3).describe('Number of refusals in a row that is a finding'),
      pause: duration
        .prefault('1s')
        .describe('Shortest wait that counts as a pause; so does the wait that the refusal asked for'),
    }),
  ending: (all) => `, and in ${count(all - 1, 'other row')}`,
  find(view, { refusals, pause }) {
    return {
      judged: followed(view, ({ outcome }) => outcome === 'refused'),
      incidents: runs(view, pause)
        .filter((run) => run.length >= refusals && !waitsGrow(run))
        .map(
          ({ first, last, all, length }): Incident => ({
            call: last,
            with: all,
            knew: all.at(-2),
            says: `was refused ${length} times in a row within ${time(Math.max(0, last.entry.at - first.entry.at))}`,
            weight: length,
          }),
        ),
    };
  },
});

function runs(view: View, pause: number): readonly Run[] {
  /** Of which kind each early call is: uncoordinated and undecided calls do not belong to a row. */
  const excused = new Map(earlyCalls(view).map(({ call, kind }) => [call, kind]));
  const answers = new KnownAnswers(newestRefusal);
  const placed = new Map<Call, { run: Run; length: number }>();
  const all: Run[] = [];
  for (const { call, answered } of view.timeline) {
    if (answered) {
      for (const place of placesOf(call)) answers.answered(place, call);
      continue;
    }
    if (call.outcome !== 'refused') continue;
    const { certain, perhaps } = answers.at(ownPlace(call), call);
    const kind = excused.get(call);
    const isOffence = kind === 'own' || kind === 'other';
    const before = certain === perhaps ? certain : isOffence ? perhaps : certain;
    const known =
      before && kind !== 'uncoordinated' && kind !== 'undecided' && isNear(call, before, pause)
        ? placed.get(before)
        : undefined;
    const run = known?.run ?? { first: call, all: [], last: call, length: 0 };
    const length = (known?.length ?? 0) + 1;
    if (!known) all.push(run);
    run.all.push(call);
    placed.set(call, { run, length });
    if (length > run.length) Object.assign(run, { last: call, length });
  }
  return all;
}

/** Any other answer than a refusal ends the row. */
const newestRefusal: Fold = (_, answer, place) =>
  answer.outcome === 'refused' && ownPlace(answer) === place ? answer : undefined;

/** The limit that refused it, or, where none did, the request. */
function ownPlace(call: Call): string {
  const bucket = refusing(call)?.bucket;
  return bucket === undefined ? call.same : placeOf(call, bucket);
}

/** The places for which its answer counts. */
function placesOf(call: Call): readonly string[] {
  if (call.outcome === 'refused') return [ownPlace(call)];
  return [call.same, ...takenFrom(call).map(({ bucket }) => placeOf(call, bucket))];
}

function isNear(call: Call, before: Call, pause: number): boolean {
  return waited(call, before) < pause && goesOn(call, before, pause);
}

/** Whether a program backs off: each of its waits is longer than the one before. */
function waitsGrow({ all, length }: Run): boolean {
  // Requests at the same time have no order of waits.
  if (length !== all.length) return false;
  const waits = all.slice(1).map((call, i) => waited(call, all[i]!));
  return waits.length > 1 && waits.every((ms, i) => (i === 0 ? ms >= MIN_WAIT_MS : ms >= GROWTH * waits[i - 1]!));
}
