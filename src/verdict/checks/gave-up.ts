/**
 * What had been refused was never asked again, although the limit would have let it through.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { attempts, type Call, toldUntil, type View } from '../view.js';
import { count } from '../words.js';

interface Options {
  readonly slack: number;
}

interface Abandoned extends Incident {
  readonly tried: number;
}

export const gaveUp = defineCheck<Options>({
  title: 'Gave up',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      slack: duration
        .prefault('1m')
        .describe('So long beyond what was told it is taken to have given up, while a client may still come'),
    }),
  find(view, { slack }) {
    const newestSuccess = new Map<string, number>();
    for (const { same, outcome, number } of view.calls) if (outcome !== 'refused') newestSuccess.set(same, number);
    const refused = view.calls.filter(
      (call) => call.outcome === 'refused' && !call.repeatedBy && !((newestSuccess.get(call.same) ?? -1) > call.number),
    );
    const last = new Map(refused.map((call) => [call.same, call]));
    const incidents = [...last.values()]
      .filter((call) => isOver(view, call, slack))
      .map((call): Abandoned => ({ call, with: attempts(call), tried: attempts(call).length }));
    return perCaller(
      incidents,
      ({ call, tried }, all) => {
        const { method, path } = call.entry;
        const others = all.length === 1 ? '' : `, and ${count(all.length - 1, 'other request')}`;
        return `never got an answer to ${method} ${path.split('?')[0]} after ${count(tried, 'attempt')}${others}, on ${call.who}`;
      },
      ({ tried }) => tried,
    );
  },
});

function isOver({ ended, now }: View, call: Call, slack: number): boolean {
  return ended || now > (toldUntil(call) ?? call.entry.sentAt) + slack;
}
