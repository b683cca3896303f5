/**
 * A sample of the set for a quick look.
 * @module
 */
import type { Situation } from './situation.js';

const MOST = 25;

/** Some of each family, always the same ones, a good client and a bad one by turns. */
export function shortOf(all: readonly Situation[]): readonly Situation[] {
  const families = [...new Set(all.map(({ family }) => family))];
  const queues = families.map((name, i) =>
    alternating(
      all.filter(({ family }) => family === name),
      i % 2 === 0,
    ),
  );
  const chosen: Situation[] = [];
  for (let round = 0; chosen.length < MOST && queues.some((queue) => queue.length > round); round++)
    for (const queue of queues) {
      const next = queue[round];
      if (next && chosen.length < MOST) chosen.push(next);
    }
  return chosen;
}

function alternating(own: readonly Situation[], goodFirst: boolean): readonly Situation[] {
  const [good, bad] = [own.filter(({ kind }) => kind === 'good'), own.filter(({ kind }) => kind === 'bad')];
  const [first, second] = goodFirst ? [good, bad] : [bad, good];
  return Array.from({ length: Math.max(good.length, bad.length) }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((one) => one !== undefined);
}
