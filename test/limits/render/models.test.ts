/** Every format and every header value says what its reference model says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestFacts } from '../../../src/limits/facts.js';
import { FORMAT_NAMES, formats } from '../../../src/limits/render/formats.js';
import { compileHeaders, HEADER_VALUE_NAMES, type HeaderContext } from '../../../src/limits/render/headers.js';
import { FORMATS, type Reported, VALUES } from './models.js';

const instant = fc.integer({ min: 0, max: Date.parse('9999-01-01T00:00:00Z') });
/** Often close to now, where rounding shows. */
const pair = fc.oneof(
  fc.tuple(instant, instant),
  fc.tuple(instant, fc.integer({ min: -5_000, max: 5_000 })).map(([now, ms]) => [Math.max(0, now + ms), now] as const),
  fc.tuple(instant, fc.integer({ min: 0, max: 8_000_000 })).map(([now, ms]) => [now + ms, now] as const),
);

describe.each(FORMAT_NAMES)('format %s', (name) => {
  it('is that of its model', () => {
    fc.assert(
      fc.property(pair, ([at, now]) => {
        expect(String(formats[name](at, now))).toBe(FORMATS[name](at, now));
      }),
    );
  });
});

describe.each(HEADER_VALUE_NAMES)('header value %s', (value) => {
  const amount = fc.integer({ min: 0, max: 5_000 });
  const reported: fc.Arbitrary<Reported> = fc.record({
    status: fc.record({
      policy: fc.constantFrom('key-minute', 'jobs'),
      limit: amount,
      used: amount,
      remaining: amount,
      resetAt: fc.option(instant, { nil: null, freq: 4 }),
      windowSeconds: fc.constantFrom(0, 60),
      cost: amount,
      charged: amount,
      unit: fc.constantFrom('requests', 'tokens', 'concurrent-requests'),
      partition: fc.constant('k'),
    }),
    now: instant,
    format: fc.constantFrom(...FORMAT_NAMES),
    retry: fc.option(fc.record({ seconds: fc.integer({ min: 1, max: 99 }), at: instant }), { nil: undefined, freq: 4 }),
  });

  it('is that of its model', () => {
    fc.assert(
      fc.property(reported, (given) => {
        const { status, now, format, retry } = given;
        const write = compileHeaders({ 'X-Limit': { policy: status.policy, value, format, on: 'every-response' } });
        const context: HeaderContext = {
          status: (policy) => (policy === status.policy ? status : undefined),
          refused: retry !== undefined,
          retryAfter: retry?.seconds,
          retryAt: retry?.at,
          facts: {} as RequestFacts,
          outcome: { status: 200 },
          now,
          scope: () => undefined,
        };
        const headers: Record<string, string> = {};
        write(context, headers);
        expect(headers['X-Limit']).toBe(VALUES[value](given));
      }),
    );
  });
});
