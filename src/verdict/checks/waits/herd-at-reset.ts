/**
 * Several clients that had little quota left waited for a window to reset, and all sent requests at the instant of the reset. None of them had been refused:
 * clients that come back after a refusal belong to `no-jitter`.
 * @module
 */
import { answeredAt, type Call, possibleDelay, probableDelay, refusing, TIMER_TOLERANCE_MS } from '../../calls/call.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident, perhapsAtOnce } from '../../check.js';
import { groupBy } from '../../group.js';
import { knowledge } from '../../knowledge/knowledge.js';
import { count, formatTime, joinNames } from '../../words.js';

interface Options {
  readonly requests: number;
  readonly within: number;
}

/** A client that was active within this time before the reset did not wait for it. Milliseconds. */
const MIN_IDLE_MS = 500;
/** A client that arrives later than this comes for another reason. Milliseconds. */
const MAX_LATE_MS = 5_000;
/** At least this share of the clients that waited for a reset arrive at once; otherwise the check does not report them. */
const MIN_SHARE = 2 / 3;
/** A client with at most this share of a limit left has a reason to wait for its reset. */
const SMALL_SHARE = 0.1;

/** A call that a client postponed until a window reset. */
interface ResetArrival {
  readonly call: Call;
  /** Identifies the limit and the reset. */
  readonly resetKey: string;
  /** Milliseconds after the reset. */
  readonly lateMs: number;
  /** The response that stated the reset. */
  readonly informed: Call;
  /** Whether the client certainly knew no response from the new window. If it may have known one, the call may follow that response. */
  readonly isFirst: boolean;
}

/** The check `herd-at-reset`. */
export const herdAtReset = defineCheck<Options>({
  title: 'Sent requests all at once when a window reset',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      requests: z.int().min(2).default(3).describe('Number of requests at the same reset that is a finding'),
      within: duration.prefault('50ms').describe('Time after the reset that counts as at the reset'),
    }),
  suffix: (all) => `, and at ${count(all - 1, 'other reset')}`,
  find(view, { requests, within }) {
    const arrivals = resetArrivals(view);
    const incidents: Incident[] = [];
    const undecided: Incident[] = [];
    for (const group of groupBy(arrivals, ({ resetKey }) => resetKey).values()) {
      /** Those that came at once, where they are so many that they did not meet by chance. */
      const atOnce = (all: readonly ResetArrival[], delayOf: (call: Call) => number) => {
        const onTime = all.filter(({ call, lateMs }) => lateMs - delayOf(call) <= within);
        return onTime.length >= requests && onTime.length >= MIN_SHARE * all.length ? onTime : undefined;
      };
      const certain = atOnce(
        group.filter(({ isFirst }) => isFirst),
        probableDelay,
      );
      if (certain) {
        incidents.push(incidentOf(certain));
        continue;
      }
      const possible = atOnce(group, possibleDelay);
      if (possible) undecided.push(perhapsAtOnce(incidentOf(possible)));
    }
    return { judged: arrivals.length >= requests ? arrivals.length : 0, incidents, undecided };
  },
});

function incidentOf(onTime: readonly ResetArrival[]): Incident {
  const callers = new Map(onTime.map(({ call: { caller, callerName } }) => [caller, callerName]));
  const latest = onTime.reduce((most, { lateMs }) => Math.max(most, lateMs), 0);
  const when = latest === 0 ? 'at the instant' : `within ${formatTime(latest)}`;
  const calls = onTime.map(({ call }) => call);
  return {
    call: calls.at(-1)!,
    relatedCalls: calls,
    knownAnswer: onTime.at(-1)!.informed,
    callerName: `on ${joinNames([...callers.values()], 'caller')}`,
    says: `${onTime.length} requests that had waited for the reset came ${when} of it`,
    weight: onTime.length,
  };
}

/** The state of one program with one credential. */
interface Sender {
  /** The newest response that it certainly knew when it sent its latest request. */
  informed: Call | undefined;
  /** Later responses, in the order in which they were sent. */
  unread: Call[];
  /** When it last sent a request or received a response, except for postponed calls; virtual epoch ms. */
  activeAt: number;
}

/** At most this many responses of a sender count as unread. If there are more, the oldest count as read. */
const MAX_UNREAD = 50;

/** The postponed calls in order of arrival. Once a sender knows a response from the new window, its calls follow that response and no longer the reset. */
function resetArrivals({ timeline }: View): readonly ResetArrival[] {
  const senders = new Map<string, Sender>();
  const arrivals: ResetArrival[] = [];
  for (const { call, answered } of timeline) {
    const key = `${call.program} ${call.caller}`;
    const sender: Sender = senders.get(key) ?? { informed: undefined, unread: [], activeAt: Number.NEGATIVE_INFINITY };
    senders.set(key, sender);
    if (answered) {
      sender.unread.push(call);
      if (sender.unread.length > MAX_UNREAD) read(sender, 1);
      continue;
    }
    read(sender, sender.unread.findLastIndex((answer) => knowledge(call, answer) === 'yes') + 1);
    const arrival = sender.informed && resetArrivalOf(call, sender.informed, sender);
    if (arrival) arrivals.push(arrival);
    else sender.activeAt = Math.max(sender.activeAt, call.entry.at);
  }
  return arrivals;
}

/** Marks the sender's oldest unread responses as read. */
function read(sender: Sender, count: number): void {
  for (const answer of sender.unread.splice(0, count)) {
    sender.informed = answer;
    sender.activeAt = Math.max(sender.activeAt, answeredAt(answer));
  }
}

function resetArrivalOf(call: Call, informed: Call, { unread, activeAt }: Sender): ResetArrival | undefined {
  if (call.repeats || informed.outcome === 'refused' || knowledge(call, informed) !== 'yes') return undefined;
  const { at } = call.entry;
  for (const { policy, remaining, resetAt } of informed.entry.told) {
    const limit = informed.entry.decisions.find((decision) => decision.policy === policy)?.limit ?? 0;
    if (resetAt === null || remaining > SMALL_SHARE * limit || refusing(call)?.policy === policy) continue;
    // Clients may round the reset up to whole seconds.
    for (const reset of [resetAt, Math.ceil(resetAt / 1_000) * 1_000]) {
      const lateMs = at - reset;
      if (lateMs < -TIMER_TOLERANCE_MS || lateMs > MAX_LATE_MS || reset - activeAt < MIN_IDLE_MS) continue;
      const isFirst = unread.every((answer) => knowledge(call, answer) === 'no');
      const resetKey = `${policy} ${Math.ceil(resetAt / 1_000)}`;
      return { call, resetKey, lateMs: Math.max(0, lateMs), informed, isFirst };
    }
  }
  return undefined;
}
