import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDeeper, MAX_LEVELS } from '../../src/openapi/request/body/nesting.js';
import { brief } from '../../src/sandbox/control/brief.js';
import { closeMocks, reach, WAYS } from '../helpers/ways.js';

/** Levels by the definition. */
function levels(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levels));
}

describe('nesting', () => {
  test('is told as the value has it, whatever its strings say', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: fc.constantFrom('"', '\\', '[', '{', '}', ']', 'a') }), (text) => {
        const deep = levels(JSON.parse(text));
        const padded = `${' '.repeat(20)}${text}`;
        expect([isDeeper(padded, deep), deep > 0 && isDeeper(padded, deep - 1)]).toEqual([false, deep > 0]);
      }),
    );
  });

  test.each(['[', '{"a":', '[{"a":'])('of %s again and again has a limit', (open) => {
    const per = open.match(/[[{]/g)!.length;
    expect(isDeeper(open.repeat(MAX_LEVELS / per), MAX_LEVELS)).toBe(false);
    expect(isDeeper(`${open.repeat(MAX_LEVELS / per)}[`, MAX_LEVELS)).toBe(true);
    expect(isDeeper(open.repeat(1_000_000), MAX_LEVELS)).toBe(true);
  });

  describe.each(WAYS)('%s', (way) => {
    test.each([
      ['/api/v1/public/links', 'klinky', 'X-API-Key', 'klinky_live_a'],
      ['/v1/google/nano-banana/predictions', 'prediction', 'Authorization', 'Bearer sk_live_a'],
    ])('a body to %s that is deeper than that is no JSON', async (path, profile, header, key) => {
      const { send } = await reach(way, { profile });
      const ask = async (body: string) => {
        const headers = { [header]: key, 'Content-Type': 'application/json', 'Idempotency-Key': 'a' };
        const response = await send(path, { method: 'POST', headers, body });
        return { status: response.status, body: await response.text() };
      };
      const broken = await ask('{');
      const text = (levels: number) => `{"input":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
      expect((await ask(text(MAX_LEVELS + 1))).status).toBe(broken.status);
      expect((await ask(text(MAX_LEVELS))).body).not.toContain('levels deep');
      for (const open of ['[', '{"a":']) {
        const deep = open.repeat(100_000);
        const close = (open === '[' ? ']' : '}').repeat(100_000);
        expect((await ask(`{"input":${deep}0${close}}`)).status).toBe(broken.status);
        expect((await ask(`${deep}0${close}`)).status).toBe(broken.status);
      }
      await closeMocks();
    });
  });
});

describe('brief', () => {
  test('is JSON where that is short, and the kind of value where it is not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const kind = typeof value === 'string' ? 'a string' : Array.isArray(value) ? 'a list' : 'a JSON object';
        expect(brief(value)).toBe(text.length > 60 ? kind : text);
      }),
    );
    expect(brief(undefined)).toBe('nothing');
  });

  test('looks at no more of a value than it would show', () => {
    let deep: unknown = 0;
    for (let i = 0; i < 1_000_000; i++) deep = i % 2 === 0 ? [deep] : { a: deep };
    expect(brief(deep)).toBe('a JSON object');
    expect(brief([deep])).toBe('a list');
    expect(brief('x'.repeat(10_000_000))).toBe('a string');
    expect(brief({ ['k'.repeat(1_000_000)]: 0 })).toBe('a JSON object');
  });
});
