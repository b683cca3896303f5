/**
 * Several keys of one account were used to get round the limit of one.
 * @module
 */
import { defineCheck, type Found } from '../check.js';
import { groupBy } from '../group.js';
import { type Call, knows, refusing, toldUntil } from '../view.js';
import { count } from '../words.js';

interface Options {
  readonly policy: string;
}

export const keySpreading = defineCheck<Options>({
  title: 'Used several keys to get round a limit',
  severity: 'error',
  options: (z) => z.strictObject({ policy: z.string().describe('The policy that limits each key') }),
  references: ({ policy }) => ({ policies: [policy] }),
  find({ calls }, { policy }): Found[] {
    const found = [...moved(calls, policy), ...spread(calls, policy)];
    return found.length === 0 ? [] : [found.reduce((most, one) => (one.times > most.times ? one : most))];
  },
});

/** What one key was refused, another asked before the first was to come back. */
function moved(calls: readonly Call[], policy: string): Found[] {
  const refused = calls.filter((call) => call.entry.refusedBy === policy && refusing(call));
  const asked = groupBy(calls, task);
  const pairs = refused.flatMap((first) => {
    const until = toldUntil(first) ?? Number.NEGATIVE_INFINITY;
    const other = (asked.get(task(first)) ?? []).find(
      (call) => call.caller !== first.caller && knows(call, first) && call.entry.at < until,
    );
    return other ? [{ first, other }] : [];
  });
  if (pairs.length === 0) return [];
  const [{ first, other }] = pairs as [(typeof pairs)[number]];
  const involved = new Set(pairs.flatMap((pair) => [pair.first, pair.other]));
  return [
    {
      caller: `${first.who} and ${other.who}`,
      says: `what ${first.who} was refused it asked with ${other.who} before the time that it was told, ${count(pairs.length, 'time')}`,
      times: pairs.length,
      calls: [...involved].sort((a, b) => a.number - b.number),
    },
  ];
}

/** The same, whoever asks. */
function task({ entry: { method, path, bodyHash } }: Call): string {
  return JSON.stringify([method, path, bodyHash]);
}

/** In one window the keys of an account together took more than one of them may. */
function spread(calls: readonly Call[], policy: string): Found[] {
  const takes = calls.flatMap((call) => {
    const decision = call.entry.decisions.find((one) => one.policy === policy && one.charged > 0);
    return decision && call.entry.admitted ? [{ call, decision }] : [];
  });
  const windows = groupBy(takes, ({ call, decision }) => `${decision.resetAt} ${call.account}`);
  return [...windows.values()].flatMap((all): Found[] => {
    const keys = new Set(all.map(({ call }) => call.who));
    const buckets = new Set(all.map(({ decision }) => decision.bucket));
    const limit = Math.max(...all.map(({ decision }) => decision.limit));
    const taken = all.reduce((sum, { decision }) => sum + decision.charged, 0);
    if (buckets.size < 2 || taken <= limit) return [];
    return [
      {
        caller: [...keys].join(' and '),
        says: `${buckets.size} keys of one account took ${taken} in one window, where one may take ${limit}`,
        times: 1,
        calls: all.map(({ call }) => call),
      },
    ];
  });
}
