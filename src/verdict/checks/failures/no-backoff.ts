/**
 * A client retried failures of the server at once, always after the same time, or after less and less time.
 *
 * A machine under load makes waits longer and never shorter. So waits are judged by their minimum and median, and compared with the client's own turn-around: the time
 * that it takes for its next request where it does not wait.
 * @module
 */
import { type Call, dueAt, waited } from '../../calls/call.js';
import { type WaitedForLimit, waitsForLimits } from '../../calls/limited.js';
import { chains, type View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { turnaroundOf } from '../../knowledge/turnaround.js';
import { time, what } from '../../words.js';

interface Options {
  readonly least: number;
  readonly waits: number;
}

interface Retry {
  readonly call: Call;
  readonly before: Call;
  readonly ms: number;
}

/** The retries of one request. */
interface Chain {
  readonly calls: readonly Call[];
  readonly retries: readonly Retry[];
}

/** Waits are equal if the median is at most so many times the smallest, or at most so many milliseconds above it. */
const SAME = 1.2;
const SAME_MS = 30;
/** Waits shrink where each is at most this share of the one before. */
const SHRINKS = 0.75;
/** A retry is at once where it comes within so many times the client's turn-around. */
const TURNAROUNDS = 3;

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
    const begun = firsts(view);
    const all = chains(view).map((calls): Chain => ({ calls, retries: retriesOf(calls, waitedForLimit) }));
    const bySender = groupBy(
      all.filter(({ retries }) => retries.length > 0),
      ({ calls: [first] }) => `${first!.program} ${first!.caller}`,
    );
    const incidents = [...bySender.values()].flatMap((own) => {
      const turnaround = turnaroundOf(view, own[0]!.calls[0]!);
      const immediate = atOnce(own, least, turnaround);
      if (immediate.length > 0) return immediate;
      const whole = own.filter(({ calls: [first] }) => !begun.has(first!));
      const equal = growTogether(whole, waits) ? [] : whole.flatMap((chain) => fixed(chain, waits, turnaround));
      return [...equal, ...shrinking(whole, waits)];
    });
    return { judged: all.reduce((sum, { retries }) => sum + retries.length, 0), incidents };
  },
});

/** The retries after failures. Left out are those of a client that waited as it was told, and those during which it waited for a limit: they do not show its own waits. */
function retriesOf(chain: readonly Call[], waitedForLimit: WaitedForLimit): Retry[] {
  const aborted = chain.slice(0, -1).filter(({ entry }) => entry.broken === 'gone').length;
  return chain.flatMap((call, i): Retry[] => {
    const before = chain[i - 1];
    if (before?.outcome !== 'failed') return [];
    // A client that closes its connection once no longer needs the answer. A client that does so repeatedly has a timeout.
    if (before.entry.broken === 'gone' && aborted < 2) return [];
    const gap = waited(call, before);
    const ms = gap < 0 ? gap : Math.max(0, gap - startUp(call, before));
    const due = dueAt(before);
    const asReported = due !== undefined && call.entry.at >= due;
    const isOwn = ms >= 0 && !asReported && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at);
    return isOwn ? [{ call, before, ms }] : [];
  });
}

/**
 * Milliseconds that a new process took from its start to its request. A script that starts a process for each request has waited only until then; a busy machine
 * takes long to start one.
 */
function startUp({ entry }: Call, before: Call): number {
  const { opener } = entry.peer ?? {};
  const { leftAt, beganAt, peer } = before.entry;
  if (!opener || leftAt === null || opener.pid === peer?.opener?.pid || opener.startedAt <= beganAt) return 0;
  return Math.max(0, entry.beganAt - Math.max(opener.startedAt, leftAt));
}

/**
 * Retries that came at once. Growing waits may begin with 0, and a random wait may once be 0: only a sender that mostly does not wait is found.
 */
function atOnce(own: readonly Chain[], least: number, turnaround: number): Incident[] {
  const limit = Math.max(least, TURNAROUNDS * turnaround);
  // A wait has grown where it exceeds the one before by more than `least`, and is more than twice as long.
  const isAtOnce = ({ ms }: Retry, before: Retry | undefined) =>
    ms < least || (ms < limit && !(before && ms > before.ms + least && ms > 2 * before.ms));
  const immediate = own.flatMap(({ retries }) => {
    const early = retries.filter((retry, i) => isAtOnce(retry, retries[i - 1]));
    if (!early.some(({ ms }) => ms < least)) return [];
    return early.length === 1 && retries.length > 1 ? [] : early;
  });
  const firstWaits = own.map(({ retries: [first] }) => first!.ms);
  const mostly = firstWaits.filter((ms) => ms < limit).length * 2 > firstWaits.length;
  const isPattern = own.some(({ retries }) => retries.filter((one, i) => isAtOnce(one, retries[i - 1])).length > 1);
  if (immediate.length === 0 || !(mostly || isPattern)) return [];
  return immediate.map(({ call, before, ms }) => ({
    call,
    with: [before],
    knew: before,
    says: `retried ${what(call)} ${time(ms)} after a failure`,
    weight: -ms,
    kind: 'at once',
  }));
}

/** So many rows show whether waits grow, although a busy machine makes each of them longer. */
const ENOUGH_ROWS = 3;
/** Waits grow where the last is, in the median of all rows, so many times the first. */
const GROWS = 1.5;

/** Whether the waits of a sender grow from the first to the last of a row, taken over all of its rows. */
function growTogether(own: readonly Chain[], waits: number): boolean {
  const long = own.filter(({ retries }) => retries.length >= waits);
  if (long.length < ENOUGH_ROWS) return false;
  const first = median(long.map(({ retries }) => retries[0]!.ms));
  const last = median(long.map(({ retries }) => retries.at(-1)!.ms));
  return last > GROWS * first;
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[all.length >> 1]!;
}

/** The same wait again and again, from the first failure on. */
function fixed({ calls, retries }: Chain, waits: number, turnaround: number): Incident[] {
  if (retries.length < waits) return [];
  const sorted = retries.map(({ ms }) => ms).sort((a, b) => a - b);
  const smallest = sorted[0]!;
  const median = sorted[sorted.length >> 1]!;
  const isGrowing = retries.at(-1)!.ms > 1.5 * median && retries.at(-1)!.ms > smallest * 2;
  const isSame = median <= Math.max(SAME * smallest, smallest + Math.max(SAME_MS, turnaround));
  // A machine under load may have delayed any of them. Where waits grow, the later ones are longer.
  if (!isSame || (isGrowing && retries.length === waits && !isHeldUp(retries, turnaround))) return [];
  const call = calls.at(-1)!;
  const says = `retried ${what(call)} ${retries.length} times, each time about ${time(smallest)} after a failure`;
  return [{ call, with: calls, says, weight: retries.length, kind: 'fixed' }];
}

/** Whether the last wait may be longer only because the machine delayed the client. */
function isHeldUp(retries: readonly Retry[], turnaround: number): boolean {
  return retries.at(-1)!.ms - retries.at(-2)!.ms <= TURNAROUNDS * turnaround;
}

/** Waits that shrink, in most of the sender's rows. In one short row they may be chance. */
function shrinking(own: readonly Chain[], waits: number): Incident[] {
  const long = own.filter(({ retries }) => retries.length >= waits);
  const shrink = long.filter(({ retries }) => retries.slice(1).every(({ ms }, i) => ms <= SHRINKS * retries[i]!.ms));
  const isLong = shrink.some(({ retries }) => retries.length > waits);
  if (shrink.length * 2 <= long.length || (shrink.length < 2 && !isLong)) return [];
  return shrink.map(({ calls, retries }) => {
    const call = calls.at(-1)!;
    const [first, last] = [retries[0]!, retries.at(-1)!];
    const says = `retried ${what(call)} after less and less time: ${time(first.ms)} after the first failure, ${time(last.ms)} after the last`;
    return { call, with: calls, says, weight: retries.length, kind: 'shrinking' };
  });
}

/** The first call of each request, where the journal has lost its beginning: earlier calls of its row may be lost, and waits that have reached their maximum are equal. */
function firsts({ calls, truncated }: View): ReadonlySet<Call> {
  if (!truncated) return new Set();
  const first = new Map<string, Call>();
  for (const call of calls) if (!first.has(call.same)) first.set(call.same, call);
  return new Set(first.values());
}
