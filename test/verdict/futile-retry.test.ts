/** Refusals by a limit that no retry changes. */
import { expect, it } from 'vitest';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import { futileRetry } from '../../src/verdict/checks/failures/futile-retry.js';
import { providerOf } from '../helpers/providers.js';
import { refused, viewOf } from './entries.js';

/** The findings on a request that is refused four times. @param until milliseconds after which it was told to come back */
function found(policies: readonly string[], until?: number): string[] {
  const all = [0, 500, 1_500, 3_500].map((at) => refused({ at, method: 'POST', connection: 1 }, until));
  const { incidents } = futileRetry.find(viewOf(all), { repeats: 2, within: 60_000, policies });
  return incidents.map(({ says }) => says);
}

it('are found where the profile names the limit and nothing tells to come back', () => {
  expect(found(['minute'])).toEqual(['sent POST /a 4 times within 3.5 s, each time answered 429']);
});

it('are not found with another limit, or with a wait', () => {
  expect(found(['month'])).toEqual([]);
  expect(found(['minute'], 60_000)).toEqual([]);
});

it.each([
  ['openai', ['credits']],
  ['anthropic', ['spend-month', 'own-spend-month']],
])('%s names %j', (profile, policies) => {
  const advice = judgedBy(providerOf(profile)).advice.find(({ check }) => check === 'futile-retry');
  expect(advice?.options).toMatchObject({ policies });
});
