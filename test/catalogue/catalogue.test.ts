/** Each profile of the catalogue: sound, with evidence; shown by scenarios; and the same as its naive model in random steps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadProvider } from '../../src/profile/load.js';
import { builtInProfiles, catalogueProfiles } from '../../src/profile/locate.js';
import { validateProfile } from '../../src/profile/validate.js';
import { runs } from '../properties/agree.js';
import { compared, Run, steps } from '../properties/pipeline.js';
import { MODES } from '../transcripts/client.js';
import { runScenario } from '../transcripts/run.js';
import { modelOf, scenariosOf } from './library.js';

test('no two profiles have the same id', () => {
  expect(builtInProfiles().filter((id) => catalogueProfiles().includes(id))).toEqual([]);
});

describe.each(catalogueProfiles())('%s', (id) => {
  const { profile } = loadProvider(id);

  test('is valid, without warnings, and so is each variant', () => {
    expect(validateProfile(id).issues.map(({ path, problem }) => `${path}: ${problem}`)).toEqual([]);
    expect(profile.id).toBe(id);
  });

  test('has a date and an address for each source', () => {
    const bare = Object.entries(profile.sources).filter(([, { url, date }]) => url === undefined || date === undefined);
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  test('names a source for each rule that is not assumed', () => {
    const rules = [profile.policies, profile.headers, profile.errors, profile.claims].flatMap((part) =>
      Object.entries(part).map(([name, rule]) => ({ name, evidence: evidenceOf(rule) })),
    );
    const bare = rules.filter(({ evidence }) => evidence.level !== 'assumed' && evidence.source === undefined);
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  test('has claims, and a scenario proves each', () => {
    const proven = new Set(scenariosOf(id).flatMap(({ scenario }) => scenario.claims));
    expect(Object.keys(profile.claims)).not.toEqual([]);
    expect(Object.keys(profile.claims).filter((claim) => !proven.has(claim))).toEqual([]);
    expect([...proven].filter((claim) => !Object.hasOwn(profile.claims, claim))).toEqual([]);
  });

  test('has a scenario for each variant', () => {
    const shown = new Set(scenariosOf(id).flatMap(({ scenario }) => scenario.setup.variant));
    expect(Object.keys(profile.variants).filter((variant) => !shown.has(variant))).toEqual([]);
  });

  for (const { name, scenario } of scenariosOf(id))
    for (const mode of MODES) test(`${name}, ${mode}`, () => runScenario(scenario, mode));

  test('is what its naive model says, in random steps', async () => {
    const spec = await modelOf(id);
    expect(spec).toBeDefined();
    for (const variants of spec!.variants) {
      const provider = loadProvider(id, { variants });
      const before = { ...compared };
      await fc.assert(
        fc.asyncProperty(steps(spec!), async (all) => {
          const run = new Run(spec!, provider);
          for (const step of all) await run.step(step);
        }),
        runs(40),
      );
      expect(compared.responses - before.responses).toBeGreaterThan(400);
      expect(compared.refusals - before.refusals).toBeGreaterThan(20);
    }
  });
});

/** Rules with several entries for one name have an evidence each; the first is looked at. */
function evidenceOf(rule: unknown): { level: string; source?: string | undefined } {
  const [one] = [rule].flat() as { evidence?: { level: string; source?: string }; level?: string; source?: string }[];
  return (one!.evidence ?? one) as { level: string; source?: string };
}
