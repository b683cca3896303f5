/**
 * Two replicas against the models of the five providers: requests and operations go to the replicas in turn.
 * @module
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import type { Fault } from '../../src/sandbox/faults/faults.js';
import { checkFault } from '../../src/sandbox/faults/schema.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { providerOf } from '../helpers/providers.js';
import { runs } from '../properties/agree.js';
import type { ModelSpec } from '../properties/model.js';
import { spec as acrely } from '../properties/models/acrely.js';
import { spec as aiclicks } from '../properties/models/aiclicks.js';
import { spec as fullDomination } from '../properties/models/full-domination.js';
import { spec as klinky } from '../properties/models/klinky.js';
import { spec as prediction } from '../properties/models/prediction.js';
import { compared, Run, startOf, steps, type Target } from '../properties/pipeline.js';
import { type Member, Members } from './members.js';
import type { OpenStore } from './store.js';

const specs = [acrely, aiclicks, fullDomination, klinky, prediction] as unknown as ModelSpec<unknown>[];
/** The models, by provider and variants. */
export const MODELS = specs.flatMap((spec) =>
  spec.variants.map((variants) => ({ spec, variants, name: [spec.id, ...variants].join(' + ') })),
);

/** Replicas as one sandbox. */
function replicasTarget(id: string, members: Members): Target & { close(): Promise<void> } {
  let turn = 0;
  const open = new Set<() => Promise<void>>();
  let last: Member = members.all[0]!;
  const next = () => {
    turn += 1;
    last = members.all[turn % members.all.length]!;
    return last.replica;
  };
  const operate = (name: string, ...args: unknown[]) => next().operate('', name, args);
  const changes: Promise<unknown>[] = [];
  const change =
    (name: string) =>
    (...args: unknown[]) => {
      // One after the other: what two replicas are told at the same time has no order.
      const before = changes.at(-1);
      changes.push(Promise.resolve(before).then(() => operate(name, ...args)));
    };
  const clock = { now: () => last.sandboxes.main.clock.now() };
  return {
    controlled: { clock, setAccount: change('setAccount'), setQuota: change('setQuota') } as unknown as Sandbox,
    get now() {
      return clock.now();
    },
    async settled() {
      await Promise.all(changes.splice(0));
    },
    async send(arrival) {
      const replica = next();
      const done: (() => void)[] = [];
      const port = { onDone: (listener: () => void) => void done.push(listener) };
      const sent = { ...arrival, beganAt: members.time.precise(), base: () => 'http://127.0.0.1:4290' };
      const answer = await new Promise<{ answer: Answer | Promise<Answer> }>((resolve, reject) => {
        replica.request('', id, sent, port, {
          handled: (one) => resolve({ answer: one }),
          failed: ({ detail }) => reject(new Error(detail)),
          broken: reject,
        });
      });
      const leave = async () => {
        open.delete(leave);
        for (const listener of done.splice(0)) listener();
        await replica.catchUp('');
      };
      open.add(leave);
      return { ...answer, leave };
    },
    addFault: async (fault) => ((await operate('faults.add', checkFault(fault))) as Fault).id,
    removeFault: async (fault) => (await operate('faults.remove', fault)) as boolean,
    advance: (ms) => operate('clock.advance', ms),
    setClock: (now) => operate('clock.set', { now }),
    async reset() {
      await operate('reset');
    },
    /** The clients go, and the replicas stop. */
    async close() {
      for (const leave of open) await leave();
      await members.close();
    },
  };
}

/** Checks that a model cannot tell two replicas from one process. @param usual how many sequences of steps are tried */
export async function checkModel(
  { spec, variants }: (typeof MODELS)[number],
  usual: number,
  openStore?: OpenStore,
): Promise<void> {
  const provider = providerOf(spec.id, { variants });
  const before = { ...compared };
  await fc.assert(
    fc.asyncProperty(steps(spec), async (all) => {
      const members = new Members({ ...startOf(spec, provider), openStore });
      await members.join();
      await members.join();
      const target = replicasTarget(spec.id, members);
      try {
        const run = new Run(spec, provider, target);
        await target.settled();
        for (const step of all) await run.step(step);
      } finally {
        await target.close();
      }
    }),
    runs(usual),
  );
  expect(compared.responses - before.responses).toBeGreaterThan(12 * usual);
  expect(compared.refusals - before.refusals).toBeGreaterThan(usual / 2);
}
