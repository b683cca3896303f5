/** The advice that clients are judged by: a profile's own, and what is asked of everybody. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adviceOf } from '../../src/profile/compiled/advice.js';
import { builtInProfiles } from '../../src/profile/locate.js';
import { duration } from '../../src/profile/schema/basics.js';
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
    expect(namesOf().sort()).toEqual(Object.keys(baseline).sort());
    expect(namesOf()).toEqual(checkNames.filter((name) => Object.hasOwn(baseline, name)));
  });

  it('leaves out what the profile leaves out', () => {
    const without = ['hammering', 'no-backoff'];
    expect(namesOf({ without })).toEqual(namesOf().filter((name) => !without.includes(name)));
  });

  it('of the profile takes the place of what is asked of everybody, in the order of the checks', () => {
    const own = { says: 'Knock once', severity: 'warn', refusals: 2, evidence: documented };
    const all = adviceOf(
      labProvider(policies, { advice: { 'gave-up': { says: 'Stay', evidence: documented }, hammering: own } }).profile,
    );
    const asked = ['gave-up', ...Object.keys(baseline)];
    expect(all.map(({ check }) => check)).toEqual(checkNames.filter((name) => asked.includes(name)));
    const given = (name: CheckName) => all.find(({ check }) => check === name);
    expect(given('hammering')).toEqual({
      check: 'hammering',
      severity: 'warn',
      options: { refusals: 2, pause: 1_000 },
      reported: {
        says: 'Knock once',
        level: 'documented',
        note: undefined,
        source: { title: 'Rate limits', url: 'https://lab.example/docs/limits' },
      },
    });
    expect(given('gave-up')).toMatchObject({ severity: 'warn', options: { slack: 60_000 } });
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
    for (const { reported } of adviceOf(providerOf(id).profile)) {
      expect(reported.says).toMatch(/^[A-Z].*[^.]$/);
      if (reported.level !== 'assumed') expect(reported.source?.url).toMatch(/^https:/);
    }
  });

  it('asks for every check there is at one provider at least, or of everybody', () => {
    const asked = new Set(builtInProfiles().flatMap((id) => Object.keys(providerOf(id).profile.advice)));
    const never = checkNames.filter((name) => !asked.has(name) && !Object.hasOwn(baseline, name));
    // None of these providers asks for one write at a time.
    expect(never).toEqual(['concurrent-writes']);
  });
});
