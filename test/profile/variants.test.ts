/** Variants: patches that speak of every key, in whatever order they are asked for. */
import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../src/profile/errors.js';
import { loadShop, openShop } from '../sandbox/shop.js';

describe('variants', () => {
  it('may speak of every key that is there with *', () => {
    const { policies } = loadShop(['refusals-count']).profile;
    expect(Object.values(policies).map(({ refusal }) => refusal.charges)).toEqual(['self', 'self']);
    expect(loadShop().profile.policies['key-hour']!.refusal.charges).toBe('none');
  });

  it.each([[['minute', 'refusals-count']], [['refusals-count', 'minute']]])(
    'are laid over in the order of the profile: %j',
    (variants) => {
      const { profile, issues } = loadShop(variants);
      expect(issues).toEqual([]);
      expect(Object.keys(profile.policies)).toEqual(['ip-minute', 'key-minute']);
      expect(Object.values(profile.policies).map(({ refusal }) => refusal.charges)).toEqual(['self', 'self']);
      const { call, sandbox } = openShop(variants);
      for (let i = 0; i < 12; i++) call('GET', '/people');
      expect(sandbox.quotas()).toMatchObject([{ policy: 'key-minute', limit: 10, used: 12, remaining: 0 }]);
    },
  );

  it('may take away the rule of a claim', () => {
    expect(loadShop(['minute']).issues).toEqual([]);
  });

  it('are where the mistake is shown that they make, * or not', () => {
    let thrown: unknown;
    try {
      loadShop(['misspelt']);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProfileError);
    const [issue] = (thrown as ProfileError).issues;
    expect(issue).toMatchObject({ path: 'policies.key-hour.refusal.chargess', problem: 'unknown key "chargess"' });
    expect(issue!.fix).toBe('did you mean "charges"?');
    expect([issue!.line, issue!.col]).toEqual([83, 74]);
  });
});
