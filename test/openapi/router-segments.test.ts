/** Parameters within a segment: what matches, held against a matcher that tries every combination of ends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/openapi/document/operation.js';
import { createRouter } from '../../src/openapi/request/router.js';
import { runs } from '../properties/agree.js';

const routerOf = (path: string) => createRouter([{ id: path, method: 'GET', path } as unknown as Operation]);

describe('a segment', () => {
  it('with parameters in it is met by what has something in the place of each', () => {
    const text = fc.constantFrom('', '-', '.', '..', '-x', 'a(', '+');
    const segment = fc.tuple(text, fc.array(text, { minLength: 1, maxLength: 3 }));
    const given = fc
      .array(fc.constantFrom(...'-.xa(+b'), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(segment, fc.array(given, { minLength: 10, maxLength: 20 }), ([before, between], texts) => {
        const path = `/${before}${between.map((literal, i) => `{p${i}}${literal}`).join('')}`;
        // A parameter that is the whole segment is a plain one.
        const [router, expected] = [routerOf(path), patternOf(before, between)];
        for (const one of texts)
          expect(router.match('GET', `/${one}`) !== undefined, `${path} on ${one}`).toBe(expected.test(one));
      }),
      runs(300),
    );
  });

  it('with many parameters in it is looked for in a text of any length', () => {
    const router = routerOf('/x/{a}-{b}-{c}-{d}-{e}.json');
    expect(router.match('GET', `/x/${'-'.repeat(100_000)}`)).toBeUndefined();
    expect(router.match('GET', `/x/${'-'.repeat(100_000)}.json`)?.operation.id).toBe('/x/{a}-{b}-{c}-{d}-{e}.json');
  });
});

function patternOf(before: string, between: readonly string[]): RegExp {
  const literal = (text: string) => text.replace(/[.+(]/g, '\\$&');
  return new RegExp(`^${literal(before)}${between.map((text) => `.+${literal(text)}`).join('')}$`);
}
