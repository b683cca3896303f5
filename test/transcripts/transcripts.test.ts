/**
 * Every scenario in this folder, in-process and over a socket (in `npm run unit`, one of the two in turn); and that together they prove what the profiles claim.
 */
import { describe, expect, test } from 'vitest';
import { builtInProfiles } from '../../src/profile/locate.js';
import { providerOf } from '../helpers/providers.js';
import { scaled } from '../properties/agree.js';
import { MODES } from './client.js';
import { readScenario, scenarioFolders, scenarioNames, scenariosByClaim } from './library.js';
import { runScenario } from './run.js';

/** Each scenario takes one of the ways, in turn, where properties try fewer cases than usual as well. */
const waysOf = (number: number) => (scaled(MODES.length) < MODES.length ? [MODES[number % MODES.length]!] : MODES);
let number = 0;

for (const folder of scenarioFolders()) {
  describe(folder, () => {
    for (const name of scenarioNames(folder)) {
      number += 1;
      for (const mode of waysOf(number)) {
        test(`${name}, ${mode}`, () => runScenario(readScenario(folder, name), mode));
      }
    }
  });
}

describe.each(builtInProfiles())('%s', (profile) => {
  const claims = () => providerOf(profile).profile.claims;

  test('no scenario claims to prove what the profile does not claim', () => {
    const unknown = [...scenariosByClaim(profile)].filter(([claim]) => !Object.hasOwn(claims(), claim));
    expect(unknown.map(([claim, names]) => `${names.join(', ')}: ${claim}`)).toEqual([]);
  });

  test('each claim is proven by a scenario', () => {
    const proven = scenariosByClaim(profile);
    expect(Object.keys(claims()).filter((claim) => !proven.has(claim))).toEqual([]);
  });

  test('each variant has a scenario of its own', () => {
    const shown = new Set(scenarioNames(profile).flatMap((name) => readScenario(profile, name).setup.variant));
    expect(Object.keys(providerOf(profile).profile.variants).filter((variant) => !shown.has(variant))).toEqual([]);
  });
});
