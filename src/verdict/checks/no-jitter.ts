/**
 * Several requests that had been refused came back within the same few milliseconds.
 * @module
 */
import { defineCheck, type Found } from '../check.js';
import type { Call } from '../view.js';
import { waited } from '../view.js';
import { time } from '../words.js';

interface Options {
  readonly requests: number;
  readonly within: number;
}

/** Who came back sooner did not wait for anything, which is for other checks to say. */
const WAITED_MS = 500;

export const noJitter = defineCheck<Options>({
  title: 'Came back all at once',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      requests: z.int().min(2).default(3).describe('So many at the same moment are too many'),
      within: duration.prefault('10ms').describe('What is the same moment'),
    }),
  find({ calls }, { requests, within }): Found[] {
    const back = calls
      .filter(({ repeats }) => repeats?.outcome === 'refused')
      .filter((call) => waited(call, call.repeats!) >= WAITED_MS)
      .sort((a, b) => a.entry.at - b.entry.at);
    const crowds: Call[][] = [];
    for (const call of back) {
      const crowd = crowds.at(-1);
      if (crowd && call.entry.at - crowd[0]!.entry.at <= within) crowd.push(call);
      else crowds.push([call]);
    }
    const dense = crowds.filter((crowd) => crowd.length >= requests);
    if (dense.length === 0) return [];
    const largest = dense.reduce((most, crowd) => (crowd.length > most.length ? crowd : most));
    const callers = new Set(largest.map(({ who }) => who));
    const who = callers.size === 1 ? largest[0]!.who : `${callers.size} callers`;
    const ms = largest.at(-1)!.entry.at - largest[0]!.entry.at;
    const others = dense.length === 1 ? '' : `, and ${dense.length - 1} such crowds more`;
    const says = `${largest.length} refused requests came back within ${time(ms)}, on ${who}${others}`;
    return [{ caller: who, says, times: dense.length, calls: dense.flat().sort((a, b) => a.number - b.number) }];
  },
});
