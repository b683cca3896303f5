/** Reads without the entity tag that their client has. */
import { expect, it } from 'vitest';
import { missed304 } from '../../src/verdict/checks/economy/missed-304.js';
import { admitted, viewOf } from './entries.js';

/** Three equal reads, each of which costs so much. */
function found(cost: number): number {
  const reads = [0, 1_000, 2_000].map((at) => admitted({ at, etag: '"a"', connection: 1 }, { cost, charged: cost }));
  return missed304.find(viewOf(reads), {}).incidents.length;
}

it('are found where limits charge them, and not where they are free', () => {
  expect(found(1)).toBe(2);
  expect(found(0)).toBe(0);
});
