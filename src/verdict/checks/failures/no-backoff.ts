/**
 * A client retried server failures at once, after a fixed time, or after shrinking times.
 *
 * A busy machine makes waits longer, never shorter. So the check judges waits by their minimum and median, and compares them with the client's own turnaround:
 * the time the client needs for its next request if it does not wait.
 * @module
 */
import { type Call, possibleDelay, probableDelay, senderOf, waited, waitedAsStated } from '../../calls/call.js';
import { type WaitedForLimit, waitsForLimits } from '../../calls/limited.js';
import { callsInRhythm } from '../../calls/rhythm.js';
import { chains, type View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { turnaroundOf } from '../../knowledge/turnaround.js';
import { median } from '../../median.js';
import { formatTime, requestLine } from '../../words.js';

interface Options {
  readonly least: number;
  readonly waits: number;
}

/** A retry after a failure, with the wait in milliseconds. */
interface Retry {
  readonly call: Call;
  readonly before: Call;
  readonly ms: number;
}

/** The attempts of one request. */
interface Chain {
  readonly calls: readonly Call[];
  readonly retries: readonly Retry[];
}

/** Waits are equal if the median is at most `EQUAL_FACTOR` times the smallest, or at most `EQUAL_MS` milliseconds above it. */
const EQUAL_FACTOR = 1.2;
const EQUAL_MS = 30;
/** Waits that grow by less than this factor count as equal. */
const SLOWEST_GROWTH = 1.5;
/** Waits are certainly equal if growing ones would have needed this many mean delays more: exp(3) is a probability of 1 in 20. */
const CERTAIN_AT = 3;
/** The mean delay of a machine that is idle. Timers are late by about as much. Milliseconds. */
const MIN_DELAY_MS = 5;
/** Waits shrink if each is at most this share of the previous one. */
const SHRINK_FACTOR = 0.75;
/** A retry is immediate if its wait is below this many times the client's turnaround. */
const TURNAROUND_FACTOR = 3;

/** If a sender retries each call at most once at once, this many of them show that it does not wait. Each may be the first of growing waits. */
const MIN_SINGLE_RETRIES = 5;

/** The check `no-backoff`. */
export const noBackoff = defineCheck<Options>({
  title: 'Retried failures without backing off',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      least: duration.prefault('50ms').describe('A retry that comes sooner counts as immediate'),
      waits: z
        .int()
        .min(2)
        .default(3)
        .describe('Number of equal waits, from the first failure on, that counts as a fixed interval'),
    }),
  find(view, { least, waits }) {
    const waitedForLimit = waitsForLimits(view.calls);
    const inRhythm = callsInRhythm(view);
    const possiblyTruncated = firstCallsIfTruncated(view);
    const all = chains(view).map((calls): Chain => ({ calls, retries: retriesOf(calls, waitedForLimit, inRhythm) }));
    const bySender = groupBy(
      all.filter(({ retries }) => retries.length > 0),
      ({ calls: [first] }) => senderOf(first!),
    );
    const undecided: Incident[] = [];
    const incidents = [...bySender.values()].flatMap((own) => {
      const turnaround = turnaroundOf(view, own[0]!.calls[0]!);
      const immediate = atOnce(own, least, turnaround);
      if (immediate.certain.length > 0) return immediate.certain;
      const whole = own.filter(({ calls: [first] }) => !possiblyTruncated.has(first!));
      const equal = growTogether(whole, waits)
        ? []
        : whole.flatMap((chain) => fixedIntervals(chain, waits, turnaround));
      const fixed = equal.filter(({ isCertain }) => isCertain).map(({ incident }) => incident);
      const shrunk = shrinking(whole, waits);
      if (fixed.length + shrunk.length === 0) {
        const open = [...equal.map(({ incident }) => incident), ...immediate.undecided];
        undecided.push(...(open.length > 0 ? open : perhapsImmediate(whole, least, turnaround)));
      }
      return [...fixed, ...shrunk];
    });
    return { judged: all.reduce((sum, { retries }) => sum + retries.length, 0), incidents, undecided };
  },
});

/**
 * The retries after failures. Omits retries of a client that waited as stated, and retries during which the client waited for a limit, because they do not show
 * the client's own waits. Omits requests of a cron job as well, which come at its own times.
 */
function retriesOf(chain: readonly Call[], waitedForLimit: WaitedForLimit, inRhythm: ReadonlySet<Call>): Retry[] {
  const aborted = chain.slice(0, -1).filter(({ entry }) => entry.broken === 'gone').length;
  return chain.flatMap((call, i): Retry[] => {
    const before = chain[i - 1];
    if (before?.outcome !== 'failed' || inRhythm.has(call)) return [];
    // HTTP libraries repeat a request at once, and once, if a connection that was in use before is closed in place of an answer (RFC 9112 §9.3.1).
    if (i === 1 && before.entry.broken === 'dropped' && before.entry.peer && !before.opensConnection) return [];
    // A client that closes its connection once no longer needs the response. A client that does so repeatedly has a timeout.
    if (before.entry.broken === 'gone' && aborted < 2) return [];
    const gap = waited(call, before);
    const ms = gap < 0 ? gap : Math.max(0, gap - startUp(call, before));
    const isOwn =
      ms >= 0 && !waitedAsStated(call, before) && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at);
    return isOwn ? [{ call, before, ms }] : [];
  });
}

/**
 * Milliseconds that a new process took from its start to its request. A script that starts a process for each request has waited only until the start, and a
 * busy machine takes long to start a process.
 */
function startUp({ entry }: Call, before: Call): number {
  const { opener } = entry.peer ?? {};
  const { leftAt, beganAt, peer } = before.entry;
  if (!opener || leftAt === null || opener.pid === peer?.opener?.pid || opener.startedAt <= beganAt) return 0;
  return Math.max(0, entry.beganAt - Math.max(opener.startedAt, leftAt));
}

/**
 * Immediate retries. Growing waits may begin with 0, and a random wait may happen to be 0, so only a sender that mostly does not wait is reported. If it retried no
 * call more than once at once, and only few calls, the case is undecided.
 */
function atOnce(
  own: readonly Chain[],
  least: number,
  turnaround: number,
): Readonly<Record<'certain' | 'undecided', readonly Incident[]>> {
  const limit = Math.max(least, TURNAROUND_FACTOR * turnaround);
  // A wait has grown if it exceeds the previous one by more than `least` and is more than twice as long.
  const isAtOnce = ({ ms }: Retry, before: Retry | undefined) =>
    ms < least || (ms < limit && !(before && ms > before.ms + least && ms > 2 * before.ms));
  const immediate = own.flatMap(({ retries }) => {
    const early = retries.filter((retry, i) => isAtOnce(retry, retries[i - 1]));
    if (!early.some(({ ms }) => ms < least)) return [];
    return early.length === 1 && retries.length > 1 ? [] : early;
  });
  const firstWaits = own.map(({ retries: [first] }) => first!.ms);
  const mostly = firstWaits.filter((ms) => ms < limit).length * 2 > firstWaits.length;
  const isPattern = own.some(({ retries }) => retries.filter((retry, i) => isAtOnce(retry, retries[i - 1])).length > 1);
  if (immediate.length === 0 || !(mostly || isPattern)) return { certain: [], undecided: [] };
  const isCertain = isPattern || immediate.length >= MIN_SINGLE_RETRIES;
  const incidents = immediate.map(({ call, before, ms }) => {
    const once = `retried ${requestLine(call)} ${formatTime(ms)} after a failure`;
    return {
      call,
      relatedCalls: [before],
      knownAnswer: before,
      says: isCertain ? once : `${once}; calls that fail several times would show whether its waits grow`,
      weight: -ms,
      kind: 'at once',
    };
  });
  return isCertain ? { certain: incidents, undecided: [] } : { certain: [], undecided: incidents };
}

/**
 * Calls that were retried several times, so soon each time that a busy machine may have delayed immediate retries by as much. They are undecided if most calls
 * that failed several times are like that, and if there are as many retries as `MIN_SINGLE_RETRIES`.
 */
function perhapsImmediate(own: readonly Chain[], least: number, turnaround: number): Incident[] {
  const limit = Math.max(least, TURNAROUND_FACTOR * turnaround);
  const repeated = own.filter(({ retries }) => retries.length > 1);
  const soon = repeated.filter(
    ({ retries }) =>
      retries.at(-1)!.ms < GROWTH_FACTOR * retries[0]!.ms &&
      retries.every(({ call, ms }) => possibleDelay(call) >= least && ms < limit + possibleDelay(call)),
  );
  const count = soon.reduce((sum, { retries }) => sum + retries.length, 0);
  if (soon.length * 2 <= repeated.length || count < MIN_SINGLE_RETRIES) return [];
  return soon.map(({ calls, retries }) => {
    const all = retries.map(({ ms }) => ms);
    const call = calls.at(-1)!;
    const says = `retried ${requestLine(call)} ${retries.length} times, ${formatTime(Math.min(...all))} to ${formatTime(Math.max(...all))} after a failure; the machine was so busy that it cannot be told whether it waited`;
    return { call, relatedCalls: calls, says, weight: retries.length, kind: 'at once' };
  });
}

/** The number of chains that show whether waits grow, although a busy machine prolongs each of them. */
const MIN_CHAINS = 3;
/** Waits grow if the median of the last waits is more than this many times the median of the first waits. */
const GROWTH_FACTOR = 1.5;

/** Whether a sender's waits grow from the first to the last retry, over all its chains. */
function growTogether(own: readonly Chain[], waits: number): boolean {
  const long = own.filter(({ retries }) => retries.length >= waits);
  if (long.length < MIN_CHAINS) return false;
  const first = median(long.map(({ retries }) => retries[0]!.ms));
  const last = median(long.map(({ retries }) => retries.at(-1)!.ms));
  return last > GROWTH_FACTOR * first;
}

/**
 * The same wait for every retry, from the first failure on.
 *
 * A busy machine adds a random delay to each wait, so that growing waits may look equal. So the check compares how much delay each explanation needs: the same
 * wait for every retry, or waits that grow by `SLOWEST_GROWTH`. The sum of independent delays of a mean `m` is less likely by `exp(x / m)` if it is larger by
 * `x`.
 */
function fixedIntervals({ calls, retries }: Chain, waits: number, turnaround: number): FixedInterval[] {
  if (retries.length < waits) return [];
  const all = retries.map(({ ms }) => ms);
  const smallest = Math.min(...all);
  const isEqual = median(all) <= Math.max(EQUAL_FACTOR * smallest, smallest + Math.max(EQUAL_MS, turnaround));
  const longerDelay = delayIfGrowing(all) - delayIfFixed(all);
  if (longerDelay <= 0) return [];
  // Unequal waits are jitter, unless the machine may have made equal ones as different as that.
  if (!isEqual && delayIfFixed(all) > retries.reduce((sum, { call }) => sum + possibleDelay(call), 0)) return [];
  const isCertain = isEqual && longerDelay >= CERTAIN_AT * meanDelay(retries);
  const call = calls.at(-1)!;
  const retried = `retried ${requestLine(call)} ${retries.length} times`;
  const times = `${retried}, each time about ${formatTime(smallest)} after a failure`;
  const says = isCertain
    ? times
    : isEqual
      ? `${times}; the machine was too busy to tell this from growing waits`
      : `${retried}, ${formatTime(smallest)} to ${formatTime(Math.max(...all))} after a failure; the machine was so busy that the waits may have been equal`;
  return [{ incident: { call, relatedCalls: calls, says, weight: retries.length, kind: 'fixed' }, isCertain }];
}

/** Waits that look equal. */
interface FixedInterval {
  readonly incident: Incident;
  /** Whether they are far less likely to be growing waits that the machine delayed. */
  readonly isCertain: boolean;
}

/** The sum of the delays, in milliseconds, if the client waits equally long before each retry. */
function delayIfFixed(waits: readonly number[]): number {
  const wait = Math.min(...waits);
  return waits.reduce((sum, ms) => sum + ms - wait, 0);
}

/** The sum of the delays, in milliseconds, if each of the client's waits is `SLOWEST_GROWTH` times the previous one. */
function delayIfGrowing(waits: readonly number[]): number {
  const first = Math.min(...waits.map((ms, i) => ms / SLOWEST_GROWTH ** i));
  return waits.reduce((sum, ms, i) => sum + ms - first * SLOWEST_GROWTH ** i, 0);
}

/** The mean delay of the retries, in milliseconds, estimated from how busy the machine was. */
function meanDelay(retries: readonly Retry[]): number {
  const sum = retries.reduce((total, { call }) => total + probableDelay(call), 0);
  return Math.max(MIN_DELAY_MS, sum / retries.length);
}

/** Shrinking waits in most of the sender's chains. In a single short chain, they may be chance. */
function shrinking(own: readonly Chain[], waits: number): Incident[] {
  const long = own.filter(({ retries }) => retries.length >= waits);
  const shrink = long.filter(({ retries }) =>
    retries.slice(1).every(({ ms }, i) => ms <= SHRINK_FACTOR * retries[i]!.ms),
  );
  const isLong = shrink.some(({ retries }) => retries.length > waits);
  if (shrink.length * 2 <= long.length || (shrink.length < 2 && !isLong)) return [];
  return shrink.map(({ calls, retries }) => {
    const call = calls.at(-1)!;
    const [first, last] = [retries[0]!, retries.at(-1)!];
    const says = `retried ${requestLine(call)} after less and less time: ${formatTime(first.ms)} after the first failure, ${formatTime(last.ms)} after the last`;
    return { call, relatedCalls: calls, says, weight: retries.length, kind: 'shrinking' };
  });
}

/**
 * The first call of each request if the journal has lost its beginning. Earlier attempts may be missing then, and waits that have reached their maximum are
 * equal.
 */
function firstCallsIfTruncated({ calls, truncated }: View): ReadonlySet<Call> {
  if (!truncated) return new Set();
  const first = new Map<string, Call>();
  for (const call of calls) if (!first.has(call.requestKey)) first.set(call.requestKey, call);
  return new Set(first.values());
}
