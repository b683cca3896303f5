import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Like `expect(actual).toEqual(expected)`, but quick where they agree: properties compare millions of values. */
export function agree(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected || isDeepStrictEqual(actual, expected)) return;
  expect(actual, what).toEqual(expected);
  throw new Error(`${what}: ${String(actual)} is not ${String(expected)}`);
}

const { PROPERTY_SCALE = 1, PROPERTY_SEED = 20_260_512 } = process.env;

/** How many cases a property tries, and how much must come of them: as many as usual times PROPERTY_SCALE, which is less than 1 in `npm run unit`. */
export const scaled = (usual: number) => Math.ceil(usual * Number(PROPERTY_SCALE));

/** For properties: how many cases are tried, the same ones every time. PROPERTY_SCALE=20 tries more, PROPERTY_SEED=7 others. */
export const runs = (usual: number) => ({ numRuns: scaled(usual), seed: Number(PROPERTY_SEED) });
