/** An entity tag is that of the text, however many were asked for before. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { entityTag } from '../../src/sandbox/exchange/stored/entity-tags.js';

const expected = (text: string) => `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

describe('an entity tag', () => {
  it('is the same for the same text, and that of the text', () => {
    const texts = Array.from({ length: 2_500 }, (_, i) => `{"n":${i}}`);
    for (let round = 0; round < 2; round++)
      for (const [i, text] of texts.entries()) {
        expect(entityTag(text)).toBe(expected(text));
        const again = texts[(i * 7) % 50]!;
        expect(entityTag(again)).toBe(expected(again));
      }
  });

  it('is there for texts of any length', () => {
    for (const text of ['', 'ü…', 'a'.repeat(600_000), 'b'.repeat(600_000), 'a'.repeat(600_000), 'c'.repeat(2_000_000)])
      expect(entityTag(text)).toBe(expected(text));
  });
});
