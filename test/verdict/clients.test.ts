/** Each rule has a client that breaks it and no other. */
import { afterEach, describe, expect, it } from 'vitest';
import { checkNamed, checkNames } from '../../src/verdict/checks/index.js';
import { offenders } from './offenders.js';
import { closeWorlds, createProviderState, findings } from './world.js';

afterEach(closeWorlds);

describe('a client that', () => {
  it.each(offenders)('$does fails $check ($profile)', async ({ check, profile, options, says, times, run }) => {
    const providerState = await createProviderState(profile, options);
    await providerState.together(() => run(providerState));
    expect(providerState.mock.requests().filter(({ operation }) => operation === undefined)).toEqual([]);
    const report = providerState.report();
    expect(findings(report)).toEqual({ [check]: says });
    expect(report.profiles[0]!.findings).toMatchObject([{ check, times, advice: { says: expect.any(String) } }]);
    expect(report.verdict).toBe(checkNamed(check).severity === 'error' ? 'fail' : 'warn');
  });
});

it('there is such a client for each check', () => {
  const shown = new Set(offenders.map(({ check }) => check));
  expect(checkNames.filter((name) => !shown.has(name))).toEqual([]);
});
