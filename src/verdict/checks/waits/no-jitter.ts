/**
 * Several refused requests came back within the same few milliseconds, exactly when they were due.
 * @module
 */
import {
  answeredAt,
  type Call,
  dueAt,
  possibleDelay,
  probableDelay,
  refusing,
  reportedUntil,
  reportedWait,
  TIMER_TOLERANCE_MS,
  waited,
} from '../../calls/call.js';
import { defineCheck, type Incident, perhapsAtOnce } from '../../check.js';
import { groupBy } from '../../group.js';
import { count, formatTime, joinNames } from '../../words.js';

interface Options {
  readonly requests: number;
  readonly within: number;
}

/** A client that came back sooner did not wait; other checks report that. Milliseconds. */
const MIN_WAIT_MS = 500;
/** A client that comes back later than this has added jitter. Milliseconds. */
const MAX_LATE_MS = 50;
/** Clients that spread their retries over at least this time have jitter. Milliseconds. */
const MIN_JITTER_MS = 150;
/** The highest probability that all clients of a group come so close to their due time although each of them has jitter. */
const MAX_CHANCE = 1e-3;

/** The check `no-jitter`. */
export const noJitter = defineCheck<Options>({
  title: 'Came back all at once',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      requests: z.int().min(2).default(3).describe('Number of requests at the same moment that is a finding'),
      within: duration.prefault('10ms').describe('Time that counts as the same moment'),
    }),
  suffix: (all) => `, and ${count(all - 1, 'other group')}`,
  find({ calls }, { requests, within }) {
    // While the clock stands still, all requests arrive at the same moment, whenever they come.
    const returned = calls.filter(
      ({ repeats, entry }) =>
        repeats?.outcome === 'refused' && reportedUntil(repeats) !== undefined && entry.at !== answeredAt(repeats),
    );
    const incidents: Incident[] = [];
    const undecided: Incident[] = [];
    for (const all of groupBy(returned, waitKey).values()) {
      if (all.length < requests) continue;
      const group = densest(all.filter(isOnTime), within);
      if (isAtOnce(all, probableDelay)) incidents.push(incidentOf(byArrival(all)));
      // If many clients arrive at random, a few of them meet by chance.
      else if (group.length >= requests && group.length * 2 >= all.length) incidents.push(incidentOf(group));
      else if (isAtOnce(all, possibleDelay)) undecided.push(perhapsAtOnce(incidentOf(byArrival(all))));
    }
    return { judged: returned.length >= requests ? returned.length : 0, incidents, undecided };
  },
});

/** @param group in order of arrival */
function incidentOf(group: readonly Call[]): Incident {
  const callers = new Map(group.map(({ caller, callerName }) => [caller, callerName]));
  const ms = group.at(-1)!.entry.at - group[0]!.entry.at;
  const how = ms === 0 ? 'at the same moment' : `within ${formatTime(ms)} of each other`;
  return {
    call: group.reduce((last, call) => (call.number > last.number ? call : last)),
    relatedCalls: group,
    callerName: `on ${joinNames([...callers.values()], 'caller')}`,
    says: `${group.length} refused requests came back ${how}`,
    weight: group.length,
  };
}

/** Identifies calls of any caller that the same limit refused and that were due in the same second. */
function waitKey(call: Call): string {
  const refusal = call.repeats!;
  const second = Math.floor((reportedUntil(refusal) ?? 0) / 1_000);
  return `${refusing(refusal)?.policy} ${second}`;
}

/** Whether the client waited, and came back when `Retry-After` or the reset said. */
function isOnTime(call: Call): boolean {
  return lateness(call) <= MAX_LATE_MS;
}

/** Milliseconds from the instant that `Retry-After` or the reset said to the call; `Infinity` if the client did not wait, or came sooner. */
function lateness(call: Call): number {
  const refusal = call.repeats!;
  if (waited(call, refusal) < MIN_WAIT_MS) return Number.POSITIVE_INFINITY;
  const reset = dueAt(refusal)!;
  const late = [reportedUntil(refusal)!, reset, Math.ceil(reset / 1_000) * 1_000].map((due) => call.entry.at - due);
  const sinceAnswer = waited(call, refusal) - reportedWait(refusal);
  return Math.max(
    0,
    Math.min(
      ...late.filter((ms) => ms >= -TIMER_TOLERANCE_MS),
      // The answer may have been held, and its client counts from when it has it. That may be a little before the recorded time.
      sinceAnswer >= -MAX_LATE_MS ? sinceAnswer : Number.POSITIVE_INFINITY,
    ),
  );
}

/**
 * Whether all calls of a group came together, and so soon after they were due that jitter is improbable. A busy machine spreads calls that were sent at the same moment over
 * tens of milliseconds. The more calls there are, the less likely it is that jitter has left all of them that close.
 *
 * @param delayOf milliseconds by which the machine has delayed a call
 */
function isAtOnce(all: readonly Call[], delayOf: (call: Call) => number): boolean {
  const most = Math.min(MAX_LATE_MS, MIN_JITTER_MS * MAX_CHANCE ** (1 / all.length));
  const arrivals = all.map(({ entry: { at } }) => at);
  const delay = Math.max(...all.map(delayOf));
  // Calls that were told different instants may all be on time without coming together.
  if (Math.max(...arrivals) - Math.min(...arrivals) > most + delay) return false;
  return all.every((call) => lateness(call) - delayOf(call) <= most);
}

function byArrival(calls: readonly Call[]): readonly Call[] {
  return [...calls].sort((a, b) => a.entry.at - b.entry.at);
}

/** The largest group of calls within `within` milliseconds. */
function densest(calls: readonly Call[], within: number): readonly Call[] {
  const inOrder = byArrival(calls);
  let [from, to] = [0, 0];
  for (let start = 0, end = 0; end < inOrder.length; end++) {
    while (inOrder[end]!.entry.at - inOrder[start]!.entry.at > within) start++;
    if (end + 1 - start > to - from) [from, to] = [start, end + 1];
  }
  return inOrder.slice(from, to);
}
