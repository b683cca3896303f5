import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spec as acrely } from './models/acrely.js';
import { spec as aiclicks } from './models/aiclicks.js';
import { spec as fullDomination } from './models/full-domination.js';
import { spec as klinky } from './models/klinky.js';
import { spec as prediction } from './models/prediction.js';
import { compared, type ModelSpec, providerOf, Run, steps } from './pipeline.js';

const specs = [acrely, aiclicks, fullDomination, klinky, prediction] as unknown as ModelSpec<unknown>[];
const cases = specs.flatMap((spec) =>
  spec.variants.map((variants) => ({ spec, variants, name: [spec.id, ...variants].join(' + ') })),
);

describe('the whole pipeline against naive models of the default readings', () => {
  it.each(cases)('$name', async ({ spec, variants }) => {
    const provider = providerOf(spec.id, variants);
    const before = { ...compared };
    await fc.assert(
      fc.asyncProperty(steps(spec), async (all) => {
        const run = new Run(spec, provider);
        for (const step of all) await run.step(step);
      }),
      { numRuns: 120 },
    );
    expect(compared.responses - before.responses).toBeGreaterThan(2_000);
    expect(compared.refusals - before.refusals).toBeGreaterThan(100);
  });
});
