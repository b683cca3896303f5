/**
 * Several clients that had little left waited for a window to reset, and all came at the instant of the reset. None of them had been refused: clients that come back
 * after a refusal belong to `no-jitter`.
 * @module
 */
import { answeredAt, type Call, refusing, TIMER_TOLERANCE_MS } from '../../calls/call.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { knowledge } from '../../knowledge/knowledge.js';
import { count, named, time } from '../../words.js';

interface Options {
  readonly requests: number;
  readonly within: number;
}

/** A client that sent something within this time before the reset did not wait for it. Milliseconds. */
const WAITED_MS = 500;
/** A client that comes later than this comes for another reason. */
const COMES_MS = 5_000;
/** A crowd is at least this share of all that waited for the same reset. */
const MOST = 2 / 3;
/** A client with no more than this share of a limit left has a reason to wait for its reset. */
const SMALL_SHARE = 0.1;

/** A call that a client had put off until a window was reset. */
interface Comer {
  readonly call: Call;
  /** Which reset of which limit. */
  readonly occasion: string;
  readonly lateMs: number;
  /** The answer that told of the reset. */
  readonly informed: Call;
}

/** The check `herd-at-reset`. */
export const herdAtReset = defineCheck<Options>({
  title: 'Came all at once when a window was reset',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      requests: z.int().min(2).default(3).describe('Number of requests at the same reset that is a finding'),
      within: duration.prefault('50ms').describe('Time after the reset that counts as at the reset'),
    }),
  ending: (all) => `, and at ${count(all - 1, 'other reset')}`,
  find(view, { requests, within }) {
    const comers = comersOf(view);
    const crowds = [...groupBy(comers, ({ occasion }) => occasion).values()].map((all) => ({
      all,
      crowd: all.filter(({ lateMs }) => lateMs <= within),
    }));
    const incidents = crowds
      // Of many that come at random, a few meet by chance.
      .filter(({ all, crowd }) => crowd.length >= requests && crowd.length >= MOST * all.length)
      .map(({ crowd }): Incident => {
        const callers = new Map(crowd.map(({ call: { caller, who } }) => [caller, who]));
        const latest = crowd.reduce((most, { lateMs }) => Math.max(most, lateMs), 0);
        const when = latest === 0 ? 'at the instant' : `within ${time(latest)}`;
        const calls = crowd.map(({ call }) => call);
        return {
          call: calls.at(-1)!,
          with: calls,
          knew: crowd.at(-1)!.informed,
          who: `on ${named([...callers.values()], 'caller')}`,
          says: `${crowd.length} requests that had waited for the reset came ${when} of it`,
          weight: crowd.length,
        };
      });
    return { judged: comers.length >= requests ? comers.length : 0, incidents };
  },
});

/** What one program has sent and been told, with one credential. */
interface Sender {
  /** Its newest answer. */
  informed: Call | undefined;
  /** When it last sent something or got an answer, but for calls that it had put off; virtual epoch ms. */
  activeAt: number;
}

/** In the order of arrival. After the first answer that a sender gets from the new window, its calls follow that answer and no longer the reset. */
function comersOf({ timeline }: View): readonly Comer[] {
  const senders = new Map<string, Sender>();
  const comers: Comer[] = [];
  for (const { call, answered } of timeline) {
    const key = `${call.program} ${call.caller}`;
    const sender: Sender = senders.get(key) ?? { informed: undefined, activeAt: Number.NEGATIVE_INFINITY };
    senders.set(key, sender);
    const comer = answered || !sender.informed ? undefined : comerOf(call, sender.informed, sender.activeAt);
    if (comer) comers.push(comer);
    else sender.activeAt = Math.max(sender.activeAt, answered ? answeredAt(call) : call.entry.at);
    if (answered) sender.informed = call;
  }
  return comers;
}

function comerOf(call: Call, informed: Call, idleSince: number): Comer | undefined {
  if (call.repeats || informed.outcome === 'refused' || knowledge(call, informed) !== 'yes') return undefined;
  const { at } = call.entry;
  for (const { policy, remaining, resetAt } of informed.entry.told) {
    const limit = informed.entry.decisions.find((one) => one.policy === policy)?.limit ?? 0;
    if (resetAt === null || remaining > SMALL_SHARE * limit || refusing(call)?.policy === policy) continue;
    // Clients read whole seconds.
    for (const reset of [resetAt, Math.ceil(resetAt / 1_000) * 1_000]) {
      const lateMs = at - reset;
      if (lateMs < -TIMER_TOLERANCE_MS || lateMs > COMES_MS || reset - idleSince < WAITED_MS) continue;
      return { call, occasion: `${policy} ${Math.ceil(resetAt / 1_000)}`, lateMs: Math.max(0, lateMs), informed };
    }
  }
  return undefined;
}
