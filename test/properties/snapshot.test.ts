/** A sandbox that was restored from another's snapshot goes on as that one does, whatever comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { providerOf } from '../helpers/providers.js';
import { agree, runs, scaled } from './agree.js';
import type { ModelSpec } from './model.js';
import { spec as acrely } from './models/acrely.js';
import { spec as aiclicks } from './models/aiclicks.js';
import { spec as fullDomination } from './models/full-domination.js';
import { spec as klinky } from './models/klinky.js';
import { spec as prediction } from './models/prediction.js';
import { Run, steps } from './pipeline.js';

const specs = [acrely, aiclicks, fullDomination, klinky, prediction] as unknown as ModelSpec<unknown>[];
const cases = specs.flatMap((spec) =>
  spec.variants.map((variants) => ({ spec, variants, name: [spec.id, ...variants].join(' + ') })),
);

const text = (sandbox: Sandbox) => JSON.stringify(sandbox.snapshot({ journal: true }));
const checkFault = <T>(fault: T) => fault;

/** What does not go by the sandbox's clock. */
const steady = (saved: string) => saved.replace(/"(?:realAt|durationMs|beganAt|leftAt)":[\d.]+,?/g, '');

let compared = 0;

/** A sandbox that has another do the same, and compares what both answer. */
function twins(original: Sandbox, copy: Sandbox): Sandbox {
  const both = <T extends object>(one: T, other: T, own: Record<string, unknown>): T =>
    new Proxy(one, {
      get(target, name) {
        if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const result = value.apply(target, args) as unknown;
          const twin = (Reflect.get(other, name, other) as (...args: unknown[]) => unknown).apply(other, args);
          if (!(result instanceof Promise))
            agree(`${String(name)} of the copy`, JSON.stringify(twin), JSON.stringify(result));
          return result instanceof Promise ? Promise.all([result, twin]).then(([first]) => first) : result;
        };
      },
    });
  const handle: Sandbox['handle'] = (profile, arrival, port) => {
    const answers = [original, copy].map((sandbox) => sandbox.handle(profile, arrival, port));
    const same = ([one, other]: readonly (Answer | undefined)[]) => {
      compared += 1;
      // Rows of the journal are numbered anew in a copy.
      const { stop, ...answer } = one!;
      const { stop: twin, ...copied } = other!;
      agree(`the copy's answer to ${arrival.method} ${arrival.path}`, copied, answer);
      agree('whether it tells to stop', twin !== undefined, stop !== undefined);
      return one!;
    };
    const [first, second] = answers;
    if (first instanceof Promise || second instanceof Promise) return Promise.all(answers).then(same);
    return same([first, second]);
  };
  return both(original, copy, {
    handle,
    clock: both(original.clock, copy.clock, {}),
    faults: both(original.faults, copy.faults, {}),
  });
}

describe('a restored sandbox answers as the one that was saved', () => {
  it.each(cases)('$name', async ({ spec, variants }) => {
    const provider = providerOf(spec.id, { variants });
    const before = compared;
    await fc.assert(
      fc.asyncProperty(steps(spec), steps(spec), async (first, second) => {
        const run = new Run(spec, provider);
        for (const step of first) await run.step(step);
        // Who waits at the moment of saving has left before that: such requests are no part of a snapshot.
        for (let i = 0; i < first.length; i++) await run.step({ does: 'abort', which: 0 });
        const original = run.sandbox;
        const copy = new Sandbox('', {
          providers: [provider],
          plans: {},
          clock: { frozen: true, now: 1 },
          log: () => {},
          deliver: async () => ({ status: 200 }),
        });
        const saved = text(original);
        copy.restore(JSON.parse(saved), checkFault);
        agree('saved again', text(copy), saved);
        const sandbox = twins(original, copy);
        Object.assign(run, { sandbox });
        if ('sandbox' in run.model) Object.assign(run.model, { sandbox });
        for (const step of second) await run.step(step);
        agree('saved in the end', steady(text(copy)), steady(text(original)));
      }),
      runs(8),
    );
    expect(compared - before).toBeGreaterThan(scaled(80));
  });
});
