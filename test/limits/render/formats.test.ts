import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats, httpDate } from '../../../src/limits/render/formats.js';

const instant = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: 1_778_572_799_000, max: 1_778_572_802_000 }),
  fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
);

describe('dates', () => {
  it('are those of the instant, whatever was written before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(instant, instant), { maxLength: 30 }), (pairs) => {
        for (const [at, now] of pairs) {
          const iso = new Date(at).toISOString();
          expect(formats.iso(at)).toBe(iso);
          expect(formats['iso-date'](at)).toBe(iso.slice(0, 10));
          const second = at > now ? Math.ceil(at / 1_000) : Math.floor(at / 1_000);
          const shown = Math.max(-8.64e12, Math.min(8.64e12, second)) * 1_000;
          expect(formats['iso-seconds'](at, now)).toBe(new Date(shown).toISOString().replace('.000Z', 'Z'));
          expect(httpDate(at)).toBe(new Date(at).toUTCString());
        }
      }),
    );
  });

  it('cannot be written of what is no instant, and can again afterwards', () => {
    expect(() => formats.iso(Number.NaN)).toThrow(RangeError);
    expect(() => formats['iso-seconds'](Number.NaN, 0)).toThrow(RangeError);
    expect(formats['iso-seconds'](0, 0)).toBe('1970-01-01T00:00:00Z');
  });
});
