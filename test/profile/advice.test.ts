/** The advice that clients are judged by: a profile's own, and what is asked of everybody. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adviceOf } from '../../src/profile/advice.js';
import { builtInProfiles } from '../../src/profile/locate.js';
import { duration } from '../../src/profile/schema-basics.js';
import { baseline } from '../../src/verdict/baseline.js';
import { type CheckName, checkNamed, checkNames } from '../../src/verdict/checks/index.js';
import { providerOf } from '../helpers/providers.js';
import { documented, labProvider, refusal } from '../sandbox/lab.js';

const policies = {
  minute: {
    algorithm: 'fixed-window',
    quota: 9,
    window: { length: '60s', start: 'utc' },
    partitionBy: ['key'],
    refusal,
    evidence: documented,
  },
};
const namesOf = (advice?: object) =>
  adviceOf(labProvider(policies, advice && { advice }).profile).map(({ check }) => check);

describe('advice', () => {
  it('of a profile that gives none is what is asked of everybody', () => {
    expect(namesOf()).toEqual(['retry-too-early', 'hammering', 'no-backoff']);
    expect(namesOf().sort()).toEqual(Object.keys(baseline).sort());
  });

  it('leaves out what the profile leaves out', () => {
    expect(namesOf({ without: ['hammering', 'no-backoff'] })).toEqual(['retry-too-early']);
  });

  it('of the profile takes the place of what is asked of everybody, in the order of the checks', () => {
    const own = { says: 'Knock once', severity: 'warn', refusals: 2, evidence: documented };
    const all = adviceOf(
      labProvider(policies, { advice: { 'gave-up': { says: 'Stay', evidence: documented }, hammering: own } }).profile,
    );
    expect(all.map(({ check }) => check)).toEqual(['retry-too-early', 'hammering', 'no-backoff', 'gave-up']);
    expect(all[1]).toEqual({
      check: 'hammering',
      severity: 'warn',
      options: { refusals: 2, pause: 1_000 },
      shown: {
        says: 'Knock once',
        level: 'documented',
        note: undefined,
        source: { title: 'Rate limits', url: 'https://lab.example/docs/limits' },
      },
    });
    expect(all[3]).toMatchObject({ severity: 'warn', options: { slack: 60_000 } });
  });

  it.each(Object.entries(baseline))(
    'that is asked of everybody has the defaults of its check: %s',
    (name, { options }) => {
      expect(options).toEqual(
        checkNamed(name as CheckName)
          .options(z, duration)
          .parse({}),
      );
    },
  );

  it.each(builtInProfiles())('of %s says where it is from', (id) => {
    for (const { shown } of adviceOf(providerOf(id).profile)) {
      expect(shown.says).toMatch(/^[A-Z].*[^.]$/);
      if (shown.level !== 'assumed') expect(shown.source?.url).toMatch(/^https:/);
    }
  });

  it('asks for every check there is at one provider at least', () => {
    const asked = new Set(builtInProfiles().flatMap((id) => Object.keys(providerOf(id).profile.advice)));
    expect(checkNames.filter((name) => !asked.has(name))).toEqual([]);
  });
});
