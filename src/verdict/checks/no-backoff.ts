/**
 * A failure of the server's was tried again at once, or again and again after the same time.
 * @module
 */
import { type Call, dueAt, waited } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { type WaitedForLimit, waitsForLimits } from '../limited.js';
import { chains, type View } from '../view.js';
import { count, on, time, times, what } from '../words.js';

interface Options {
  readonly least: number;
  readonly waits: number;
}

interface Retry extends Incident {
  readonly ms: number;
}

interface Offence extends Retry {
  readonly kind: 'at once' | 'fixed';
  readonly retries: number;
}

/** Waits that differ by less are the same. */
const SAME = 0.1;
const SAME_MS = 20;

export const noBackoff = defineCheck<Options>({
  title: 'Retried failures without backing off',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      least: duration.prefault('50ms').describe('A retry that comes sooner is at once'),
      waits: z.int().min(2).default(3).describe('So many equal waits, from the first failure on, are a fixed interval'),
    }),
  find(view, { least, waits }) {
    const waited = waitsForLimits(view.calls);
    const all = chains(view).map((chain) => ({ chain, retries: retriesOf(chain, waited) }));
    // Who takes its waits at random may once have drawn none; who mostly has not waited at first has not drawn.
    const balance = new Map<string, number>();
    for (const { retries } of all) {
      const [first] = retries;
      if (!first) continue;
      const { caller } = first.call;
      balance.set(caller, (balance.get(caller) ?? 0) + (first.ms >= least ? 1 : -1));
    }
    const begun = firsts(view);
    const incidents = all.flatMap(({ chain, retries }) => {
      const immediate = atOnce(retries, least);
      const doubtful = immediate.length === 1 && (balance.get(chain[0]!.caller) ?? 0) >= 0;
      if (immediate.length > 0 && !doubtful)
        return immediate.map((one): Offence => ({ ...one, kind: 'at once', retries: 1 }));
      return begun.has(chain[0]!) ? [] : fixed(chain, retries, waits);
    });
    return perCaller(
      incidents,
      ({ call, kind, ms, retries }, all) => {
        const alike = all.filter((one) => one.kind === kind);
        if (kind === 'at once') return `retried ${what(call)} ${time(ms)} after a failure, ${on(call)}${times(alike)}`;
        const more = alike.length === 1 ? '' : `, and ${count(alike.length - 1, 'other request')} likewise`;
        return `retried ${what(call)} ${retries} times, each time ${time(ms)} after a failure, ${on(call)}${more}`;
      },
      ({ kind, retries }) => (kind === 'at once' ? Number.POSITIVE_INFINITY : retries),
    );
  },
});

/** Those after failures. Who was told how long to wait, and did, has backed off as asked, and who waited for a limit's sake meanwhile shows nothing of its waits. */
function retriesOf(chain: readonly Call[], waitedForLimit: WaitedForLimit): Retry[] {
  return chain.flatMap((call, i): Retry[] => {
    const before = chain[i - 1];
    if (before?.outcome !== 'failed') return [];
    const ms = waited(call, before);
    const due = dueAt(before);
    const asTold = due !== undefined && call.entry.at >= due;
    const isOwn = ms >= 0 && !asTold && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at);
    return isOwn ? [{ call, with: [before], ms }] : [];
  });
}

/** All that came at once, unless it was the first only: waits that grow may begin with none. */
function atOnce(retries: readonly Retry[], least: number): readonly Retry[] {
  const immediate = retries.filter(({ ms }) => ms < least);
  return immediate.length === 1 && retries.length > 1 ? [] : immediate;
}

function fixed(chain: readonly Call[], retries: readonly Retry[], waits: number): Offence[] {
  const first = retries[0];
  if (!first || retries.length < waits) return [];
  const equal = retries
    .slice(0, waits)
    .every(({ ms }) => Math.abs(ms - first.ms) <= Math.max(SAME_MS, SAME * first.ms));
  return equal ? [{ call: chain.at(-1)!, with: chain, kind: 'fixed', ms: first.ms, retries: retries.length }] : [];
}

/** Where the journal's beginning is lost, the first of each request: it may be anywhere in its row, and waits that grow no more are equal. */
function firsts({ calls, beheaded }: View): ReadonlySet<Call> {
  if (!beheaded) return new Set();
  const first = new Map<string, Call>();
  for (const call of calls) if (!first.has(call.same)) first.set(call.same, call);
  return new Set(first.values());
}
