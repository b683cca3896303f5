import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Like `expect(actual).toEqual(expected)`, but quick where they agree: properties compare millions of values. */
export function agree(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected || isDeepStrictEqual(actual, expected)) return;
  expect(actual, what).toEqual(expected);
  throw new Error(`${what}: ${String(actual)} is not ${String(expected)}`);
}

const scale = Number(process.env['PROPERTY_SCALE'] ?? 1);

/** How many cases a property tries; PROPERTY_SCALE=20 for a long night. */
export const runs = (usual: number) => ({ numRuns: Math.ceil(usual * scale) });
