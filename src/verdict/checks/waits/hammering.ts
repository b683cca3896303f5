/**
 * A client was refused by one limit repeatedly, without a pause in between and without growing waits.
 * @module
 */
import { bucketKey, type Call, chargedDecisions, dueAt, refusing, waited } from '../../calls/call.js';
import { earlyCalls, isContinuation, prepareEarlyCalls } from '../../calls/early.js';
import type { View } from '../../calls/view.js';
import { countFollowed, defineCheck, type Incident } from '../../check.js';
import { type Fold, KnownAnswers } from '../../knowledge/known-answers.js';
import { formatTime } from '../../words.js';

/** Waits are equal if they exceed the smallest by at most this factor, or by this many milliseconds. Most are equal if this share is. */
const EQUAL_FACTOR = 1.2;
const EQUAL_MS = 30;
const MIN_EQUAL_SHARE = 0.75;

interface Options {
  readonly refusals: number;
  readonly pause: number;
}

/** Consecutive refusals. When a client sent each call except the first, it knew the previous refusal. Concurrent requests do not make a run longer. */
interface Run {
  readonly first: Call;
  readonly all: Call[];
  last: Call;
  length: number;
  /** Whether the client sent a request of this run for the first time although it knew that the limit refused. */
  hasNewRequests: boolean;
}

/** Waits grow if each is at least this many times the previous one, and the first is at least `MIN_WAIT_MS`. */
const GROWTH = 1.4;
const MIN_WAIT_MS = 50;

/** A run of a client that pauses, and is told no wait, needs this many times as many refusals: a random back-off need not grow at first. */
const UNTOLD_FACTOR = 2;

/** The check `hammering`. */
export const hammering = defineCheck<Options>({
  title: 'Kept sending while refused',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      refusals: z.int().min(2).default(3).describe('Number of refusals in a row that is a finding'),
      pause: duration
        .prefault('1s')
        .describe('Shortest wait that counts as a pause; so does the wait that the refusal asked for'),
    }),
  suffix: (all) => `, and in ${all - 1} other series`,
  prepare: prepareEarlyCalls,
  find(view, { refusals, pause }) {
    return {
      judged: countFollowed(view, ({ outcome }) => outcome === 'refused'),
      incidents: runs(view, pause)
        .filter((run) => run.length >= refusals && !backsOff(run, refusals))
        .map(
          ({ first, last, all, length }): Incident => ({
            call: last,
            relatedCalls: all,
            knownAnswer: all.at(-2),
            says: `was refused ${length} times in a row within ${formatTime(Math.max(0, last.entry.at - first.entry.at))}`,
            weight: length,
          }),
        ),
    };
  },
});

function runs(view: View, pause: number): readonly Run[] {
  /** The kind of each early call. Uncoordinated and undecided calls do not belong to a run. */
  const excused = new Map(earlyCalls(view).map(({ call, kind }) => [call, kind]));
  const answers = new KnownAnswers(newestRefusal);
  const positions = new Map<Call, { run: Run; length: number }>();
  const all: Run[] = [];
  for (const { call, answered } of view.timeline) {
    if (answered) {
      for (const key of answerKeys(call)) answers.answered(key, call);
      continue;
    }
    if (call.outcome !== 'refused') continue;
    const { certain, perhaps } = answers.at(refusalKey(call), call);
    const kind = excused.get(call);
    const isOffence = kind === 'own' || kind === 'other';
    const before = certain === perhaps ? certain : isOffence ? perhaps : certain;
    const known =
      before && kind !== 'uncoordinated' && kind !== 'undecided' && isNear(call, before, pause)
        ? positions.get(before)
        : undefined;
    const run = known?.run ?? { first: call, all: [], last: call, length: 0, hasNewRequests: false };
    const length = (known?.length ?? 0) + 1;
    if (!known) all.push(run);
    else if (!call.repeats) run.hasNewRequests = true;
    run.all.push(call);
    positions.set(call, { run, length });
    if (length > run.length) Object.assign(run, { last: call, length });
  }
  return all;
}

/** Keeps a refusal. Any other response ends the run. */
const newestRefusal: Fold = (_, answer, key) =>
  answer.outcome === 'refused' && refusalKey(answer) === key ? answer : undefined;

/** The bucket that refused the call, or the request if no policy did. */
function refusalKey(call: Call): string {
  const bucket = refusing(call)?.bucket;
  return bucket === undefined ? call.requestKey : bucketKey(call, bucket);
}

/** The keys to which the response of a call applies. */
function answerKeys(call: Call): readonly string[] {
  if (call.outcome === 'refused') return [refusalKey(call)];
  return [call.requestKey, ...chargedDecisions(call).map(({ bucket }) => bucketKey(call, bucket))];
}

/** Whether the call came too soon after the refusal to count as a pause. */
function isNear(call: Call, before: Call, pause: number): boolean {
  return waited(call, before) < pause && isContinuation(call, before, pause);
}

/**
 * Whether the program may be backing off. If several of its requests wait at the same time, and no refusal states a wait, each request backs off by itself.
 */
function backsOff(run: Run, refusals: number): boolean {
  const { all, length, hasNewRequests } = run;
  const statesNone = all.every((call) => dueAt(call) === undefined);
  const isPolite = (some: readonly Call[]) => waitsGrow(some) || (statesNone && mayBackOff(some, refusals));
  // Concurrent requests have no common order of waits.
  if (length === all.length && isPolite(all)) return true;
  if (!statesNone || hasNewRequests) return false;
  const own = [...sequences(run)];
  return own.every(isPolite) && !areFixed(own, refusals);
}

/** Whether most waits of all requests together are equal, though each request has too few to tell. A request with a single wait is left out, because that may be the first of growing waits. */
function areFixed(own: readonly (readonly Call[])[], refusals: number): boolean {
  const waits = own
    .map(waitsOf)
    .filter(({ length }) => length > 1)
    .flat();
  if (waits.length < UNTOLD_FACTOR * refusals) return false;
  const smallest = waits.reduce((a, b) => Math.min(a, b));
  const equal = waits.filter((ms) => ms <= Math.max(EQUAL_FACTOR * smallest, smallest + EQUAL_MS));
  return equal.length >= MIN_EQUAL_SHARE * waits.length;
}

/** The refusals of each request of a run, in order of arrival. */
function sequences({ all }: Run): Iterable<readonly Call[]> {
  const byLast = new Map<Call, Call[]>();
  for (const call of all) {
    const sequence = (call.repeats && byLast.get(call.repeats)) ?? [];
    if (call.repeats) byLast.delete(call.repeats);
    sequence.push(call);
    byLast.set(call, sequence);
  }
  return byLast.values();
}

/** Whether the waits may be random ones that grow: each is a pause, and there are too few to tell, or the later ones are longer on average. */
function mayBackOff(all: readonly Call[], refusals: number): boolean {
  const waits = waitsOf(all);
  if (waits.some((ms) => ms < MIN_WAIT_MS)) return false;
  const half = waits.length >> 1;
  return all.length < UNTOLD_FACTOR * refusals || sum(waits.slice(-half)) >= GROWTH * sum(waits.slice(0, half));
}

/** Whether each wait is longer than the previous one. */
function waitsGrow(all: readonly Call[]): boolean {
  const waits = waitsOf(all);
  return waits.length > 1 && waits.every((ms, i) => (i === 0 ? ms >= MIN_WAIT_MS : ms >= GROWTH * waits[i - 1]!));
}

/** The wait before each call except the first; milliseconds. */
function waitsOf(all: readonly Call[]): number[] {
  return all.slice(1).map((call, i) => waited(call, all[i]!));
}

function sum(all: readonly number[]): number {
  return all.reduce((total, one) => total + one, 0);
}
