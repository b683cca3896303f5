/**
 * Inherited evidence: entries without their own have that of their block, or the default.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseProfile } from '../../src/profile/parse.js';
import { EVIDENCE_BLOCKS } from '../../src/profile/schema/evidence.js';
import { knownSource } from '../../src/profile/source/positions.js';
import { exampleProfiles } from '../tools/profile-reference.js';

const parsed = (value: unknown) => parseProfile(knownSource('x.yaml', JSON.stringify(value), value)).profile;

/** Without the evidence of every entry. */
function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === 'evidence' ? [] : [[key, stripped(inner)]])),
  );
}

/** The places of all evidence in a profile. Patches of variants and changes of plans may have some, but need none. */
function places(value: unknown, path = ''): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'evidence') return [path];
    const isChange = key === 'patch' || (key === 'policies' && path.startsWith('/plans/'));
    return isChange ? [] : places(inner, `${path}/${key}`);
  });
}

const profiles = exampleProfiles().map((file) => ({ file, given: parse(readFileSync(file, 'utf8'), { merge: true }) }));

test.each(profiles)('every entry of $file inherits the default', ({ given }) => {
  const { evidence: _, ...own } = parsed(given);
  const { evidence, ...inherited } = parsed({
    ...(stripped(given) as object),
    evidence: { default: { level: 'inferred', note: 'one' } },
  });
  expect(evidence).toEqual({ default: { level: 'inferred', note: 'one' } });
  expect(places(inherited)).toEqual(places(own));
  expect(places(own).length).toBeGreaterThan(10);
  expect(inherited.accounts.evidence).toEqual({ level: 'inferred', note: 'one' });
});

test('the examples have an entry of every block', () => {
  const blocks = profiles.flatMap(({ given }) => Object.keys(given));
  expect(EVIDENCE_BLOCKS.filter((block) => !blocks.includes(block))).toEqual([]);
});

test('its own evidence counts before that of the block, and that before the default', () => {
  const { given } = profiles.find(({ file }) => file.endsWith('relay.profile.yaml'))!;
  const profile = parsed({
    ...given,
    errors: { ...given.errors, limited: { status: 429, evidence: { level: 'documented', note: 'own' } } },
    evidence: { default: { level: 'assumed' }, errors: { level: 'inferred', note: 'block' } },
  });
  expect(profile.errors['limited']!.evidence).toEqual({ level: 'documented', note: 'own' });
  expect(profile.errors['failure']!.evidence).toEqual({ level: 'inferred', note: 'block' });
  expect(profile.policies['bot-second']!.evidence).toEqual({ level: 'assumed' });
});

test('a claim has the level and source of its block, unless it has its own', () => {
  const { given } = profiles.find(({ file }) => file.endsWith('relay.profile.yaml'))!;
  const { claims } = parsed({
    ...given,
    claims: { a: { says: 'A' }, b: { says: 'B', level: 'inferred' }, c: { says: 'C', note: 'own' } },
    evidence: { ...given.evidence, claims: { level: 'documented', source: 'limits', note: 'block' } },
  });
  expect(claims['a']).toEqual({ says: 'A', level: 'documented', source: 'limits', note: 'block', variants: [] });
  expect(claims['b']).toEqual({ says: 'B', level: 'inferred', variants: [] });
  expect(claims['c']).toEqual({ says: 'C', level: 'documented', source: 'limits', note: 'own', variants: [] });
});
