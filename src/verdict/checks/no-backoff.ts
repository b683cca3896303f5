/**
 * A failure of the server's was tried again at once, or again and again after the same time.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { type Call, chains, toldUntil, waited } from '../view.js';
import { time, times } from '../words.js';

interface Options {
  readonly least: number;
  readonly waits: number;
}

interface Offence extends Incident {
  readonly kind: 'at once' | 'fixed';
  readonly ms: number;
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
      least: duration.prefault('100ms').describe('A retry that comes sooner is at once'),
      waits: z.int().min(2).default(3).describe('So many equal waits, from the first failure on, are a fixed interval'),
    }),
  find(view, { least, waits }) {
    const incidents = chains(view).flatMap((chain) => judge(chain, least, waits));
    return perCaller(
      incidents,
      ({ call, kind, ms, retries }, all) => {
        const what = `${call.entry.method} ${call.entry.path.split('?')[0]}`;
        return kind === 'at once'
          ? `retried ${what} ${time(ms)} after a failure, on ${call.who}${times(all)}`
          : `retried ${what} ${retries} times, each time ${time(ms)} after a failure, on ${call.who}${times(all)}`;
      },
      ({ kind, retries }) => (kind === 'at once' ? 1_000 : retries),
    );
  },
});

/** What is wrong with the retries of one request, if anything: the worst of it only. */
function judge(chain: readonly Call[], least: number, waits: number): Offence[] {
  const gaps: number[] = [];
  for (const [i, call] of chain.entries()) {
    const before = chain[i - 1];
    if (before?.outcome !== 'failed') continue;
    const gap = waited(call, before);
    // Who was told how long to wait, and did, has backed off as asked.
    const told = toldUntil(before);
    if (gap < 0 || (told !== undefined && call.entry.at >= told)) continue;
    if (gap < least) return [{ call, with: [before], kind: 'at once', ms: gap, retries: 1 }];
    gaps.push(gap);
  }
  const first = gaps[0];
  if (first === undefined || gaps.length < waits) return [];
  const equal = gaps.slice(0, waits).every((gap) => Math.abs(gap - first) <= Math.max(SAME_MS, SAME * first));
  return equal ? [{ call: chain.at(-1)!, with: chain, kind: 'fixed', ms: first, retries: gaps.length }] : [];
}
