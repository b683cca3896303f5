/** docs/profiles.md and the schema behind it: every key is described, has an example, and the examples are served. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMock } from '../../src/index.js';
import { callersBy, labProvider } from '../sandbox/lab.js';
import { ROOT } from '../tools/build.js';
import { profileJsonSchema, profileReference } from '../tools/generate.js';
import { exampleProfiles, type Schema, undescribed } from '../tools/profile-reference.js';
import { readPage } from './page.js';

describe('the JSON Schema of profiles', () => {
  it('describes every property', () => {
    expect(undescribed(profileJsonSchema() as Schema)).toEqual([]);
  });

  it('would be found out if one property had no description', () => {
    const schema = {
      properties: { a: { description: 'A' }, b: { items: { properties: { c: {} } }, description: 'B' } },
    };
    expect(undescribed(schema)).toEqual(['/properties/b/items/properties/c']);
  });
});

describe('the reference of profiles', () => {
  it('has an example for every key (else: use the key in test/docs/profiles)', () => {
    const reference = profileReference();
    reference.text();
    expect(reference.withoutExample).toEqual([]);
  });

  it.each(exampleProfiles())('takes examples from a profile that is served: %s', async (file) => {
    const mock = await createMock({ profile: join(ROOT, file) });
    const { status } = await mock.fetch('/nowhere');
    expect(status).toBe(404);
    await mock.close();
  });
});

describe('the table of limits in words', () => {
  const [, table = ''] = readPage('docs/profiles.md').split('## A limit in words, and its keys');
  const rows = table
    .slice(0, table.indexOf('\n## '))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| in words'))
    .map((line) => {
      const [, words = '', keys = ''] = line.split(/ ?(?<!\\)\| ?/);
      return { words, fragments: [...keys.matchAll(/`([a-z]\w*: [^`]+)`/gi)].map((match) => match[1]!) };
    });

  it('has rows with keys', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ fragments }) => fragments.length === 0)).toEqual([]);
  });

  it.each(rows)('$words: is a policy', ({ fragments }) => {
    const all = {
      algorithm: 'fixed-window',
      quota: 100,
      window: { length: '60s', start: 'first-request' },
      partitionBy: ['key'],
    };
    const rule = { ...all, refusal: { error: 'limited' }, evidence: { level: 'assumed' } };
    const given = fragments.map((text) => parse(text) as object);
    const policy = Object.assign({}, rule, ...given) as Record<string, unknown>;
    if (['stock', 'concurrency'].includes(String(policy['algorithm']))) delete policy['window'];
    expect(() => labProvider({ all: rule, policy }, callersBy('^k_(?<seats>\\d*)(?<zone>.*)$'))).not.toThrow();
  });
});
