/** The sentences and the callers of findings that sum up several incidents. */
import { expect, it } from 'vitest';
import type { Check } from '../../src/verdict/check.js';
import { hammering } from '../../src/verdict/checks/waits/hammering.js';
import { uncoordinated } from '../../src/verdict/checks/waits/uncoordinated.js';
import { FindingTally } from '../../src/verdict/report/tally.js';
import { admitted, type Given, refused, viewOf } from './entries.js';

function found(check: Check, options: object, all: readonly Given[]) {
  const tally = new FindingTally();
  tally.add(check.find(viewOf(all), options), () => true);
  return tally.found(check).map(({ caller, says }) => [caller, says]);
}

/** Three refusals in a row. */
const series = (at: number, given: Partial<Given> = {}) =>
  [0, 10, 20].map((ms) => refused({ ...given, at: at + ms }, at + 5_000));

/** Three series, between which the limit admits a request. */
const threeSeries = (given: Partial<Given> = {}) =>
  [0, 10_000, 20_000].flatMap((at) => [...series(at, given), admitted({ ...given, at: at + 6_000 })]);

it.each([
  [threeSeries().slice(0, 4), ''],
  [threeSeries().slice(0, 8), ', and in 1 other series'],
  [threeSeries(), ', and in 2 other series'],
])('series of refusals are counted: %#', (all, end) => {
  expect(found(hammering, { refusals: 3, pause: 1_000 }, all)).toEqual([
    ['key k1', `was refused 3 times in a row within 20 ms, on key k1${end}`],
  ]);
});

it('a caller without a credential is called so', () => {
  const nobody = { caller: undefined, keyHash: undefined };
  expect(found(hammering, { refusals: 3, pause: 1_000 }, series(0, nobody))).toEqual([
    ['without a credential', 'was refused 3 times in a row within 20 ms, without a credential'],
  ]);
});

it.each([
  [1, '1 refusal'],
  [2, '2 refusals'],
])('what a gate would have saved is told of %i other calls', (others, saved) => {
  const paths = ['/a', '/b', '/c'].slice(0, others + 1);
  const all = [
    ...paths.map((path, i) => refused({ at: 500 * i, path }, 10_000)),
    ...paths.map((path, i) => admitted({ at: 10_000 + 100 * i, path })),
  ];
  const [[, says] = []] = found(uncoordinated, {}, all);
  expect(says).toMatch(new RegExp(`, on key k1; a gate shared by all calls would have saved ${saved}$`));
});
