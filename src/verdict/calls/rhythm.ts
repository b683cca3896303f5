/**
 * The interval at which a program sends equal requests whatever comes of them, such as a cron job once a minute. A request that comes in this rhythm after a failure
 * is the next one, and no retry.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import { listIn } from '../group.js';
import { median } from '../median.js';
import { type Call, possibleDelay, sinceArrival, waited } from './call.js';
import type { View } from './view.js';

/**
 * A shorter interval is no rhythm: a client that does nothing but retry may wait as long. Milliseconds: a second, less the time by which a timer may fire early.
 */
const MIN_INTERVAL_MS = 950;
/** So many intervals after successes show a rhythm. */
const MIN_INTERVALS = 2;
/** The share of the rhythm by which an interval may differ from it, also where nothing shows that the rhythm is random. */
const TOLERANCE = 0.1;
/** A rhythm may be random by this share. Intervals that differ more do not belong to it. */
const MAX_JITTER = 0.35;
/** The share of the intervals after successes that must belong to a rhythm that is random. */
const MIN_SHARE = 0.75;
/** A few random intervals do not show the whole range. It may be wider by this share on each side. */
const UNSEEN = 0.5;

/** A timer counts from arrival to arrival. A loop that sleeps after each response counts from the response. */
const MEASURES = [sinceArrival, waited];

/**
 * The calls that came in the rhythm of their program after an equal request. The rhythm is the median interval that follows a success, and the range of such
 * intervals around it. Cached for each view.
 */
export const callsInRhythm: (view: View) => ReadonlySet<Call> = memoiseWeakly(findCallsInRhythm);

/** A call, and the equal request before it. */
interface Pair {
  readonly before: Call;
  readonly call: Call;
}

function findCallsInRhythm({ calls }: View): ReadonlySet<Call> {
  const last = new Map<string, Call>();
  const pairs = new Map<string, Pair[]>();
  for (const call of calls) {
    const before = last.get(call.requestKey);
    last.set(call.requestKey, call);
    if (before) listIn(pairs, call.requestKey).push({ before, call });
  }
  return new Set([...pairs.values()].flatMap((own) => MEASURES.flatMap((measure) => inRhythm(own, measure))));
}

/** The calls of one request that come in its rhythm. */
function inRhythm(pairs: readonly Pair[], measure: typeof waited): readonly Call[] {
  const usual = pairs
    .filter(({ before }) => before.outcome === 'succeeded')
    .map(({ before, call }) => measure(call, before));
  if (usual.length < MIN_INTERVALS) return [];
  const rhythm = median(usual);
  if (rhythm < MIN_INTERVAL_MS) return [];
  const near = usual.filter((ms) => Math.abs(ms - rhythm) <= MAX_JITTER * rhythm);
  const range = near.length >= MIN_SHARE * usual.length ? near : [];
  const least = range.reduce((a, ms) => Math.min(a, ms), rhythm);
  const most = range.reduce((a, ms) => Math.max(a, ms), rhythm);
  const margin = UNSEEN * (most - least);
  const earlyMs = Math.max(TOLERANCE * rhythm, rhythm - least + margin);
  const lateMs = Math.max(TOLERANCE * rhythm, most - rhythm + margin);
  const isNear = ({ before, call }: Pair) => {
    const ms = measure(call, before);
    const delay = possibleDelay(call);
    // However busy the machine is, a request that comes much sooner is another one.
    return (
      ms >= rhythm - Math.min(MAX_JITTER * rhythm, earlyMs + delay) &&
      ms <= rhythm + Math.min(MAX_JITTER * rhythm, lateMs) + delay
    );
  };
  return pairs.filter(isNear).map(({ call }) => call);
}
