/** Ends of jobs are told once each and in their order, however many there are and whatever happens to them meanwhile. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Clock } from '../../src/runtime/clock.js';
import type { SandboxEvent } from '../../src/sandbox/events.js';
import { JobWatch } from '../../src/sandbox/jobs/watch.js';
import type { ProviderState } from '../../src/sandbox/provider-state.js';
import type { JobItem } from '../../src/state/resources/item.js';
import { Resources } from '../../src/state/resources/resources.js';
import { runs } from '../properties/agree.js';

const START = Date.parse('2026-05-12T08:00:00Z');

function watch() {
  const resources = new Resources();
  const provider = { id: 'lab', collections: new Map([['jobs', { life: { running: 'running' } }]]) };
  const providerState = { provider, resources } as unknown as ProviderState;
  const collectionStore = resources.open('jobs', '', []);
  const clock = new Clock({ frozen: true, now: START });
  const told: string[] = [];
  const jobs = new JobWatch(clock, (event: SandboxEvent) => {
    if (event.type === 'job' && event.data.change === 'ended') told.push(event.data.id);
  });
  const start = (ms: number): JobItem => {
    const at = clock.now();
    const job = { endsAt: at + ms, outcome: 'done', holds: [] };
    const id = `j${resources.serial + 1}`;
    const item = resources.add(collectionStore, { id, createdAt: at, updatedAt: at, data: {}, uniqueKeys: [], job });
    jobs.started(providerState, 'jobs', item as JobItem);
    return item as JobItem;
  };
  return { providerState, clock, jobs, start, told };
}

describe('the ends of jobs', () => {
  it('are told in their order, by the thousand', async () => {
    const { clock, jobs, start, told } = watch();
    const started = Array.from({ length: 5_000 }, (_, i) => start(1_000 + ((i * 37) % 500)));
    const expected = [...started].sort((a, b) => a.job.endsAt! - b.job.endsAt! || a.serial - b.serial);
    for (const ms of [1_100, 1, 150, 400]) {
      await clock.advance(ms);
      jobs.catchUp();
      const due = expected.filter(({ job }) => job.endsAt! <= clock.now());
      expect(told).toEqual(due.map(({ id }) => id));
    }
    expect(told).toHaveLength(5_000);
  });

  it('are those of the moment, whatever has been moved, ended or begun again', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 50 }).map((ms) => ({ does: 'start' as const, ms })) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 40 }).map((ms) => ({ does: 'advance' as const, ms })) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.nat({ max: 99 }), fc.integer({ min: 0, max: 60 }))
          .map(([which, ms]) => ({ does: 'move' as const, which, ms })),
      },
      { weight: 1, arbitrary: fc.constant({ does: 'restart' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
        const { providerState, clock, jobs, start, told } = watch();
        const items: JobItem[] = [];
        const expected: string[] = [];
        /** Those whose end is to be told. */
        let running: JobItem[] = [];
        const catchUp = () => {
          const due = running.filter(({ job }) => job.endsAt! <= clock.now());
          running = running.filter((item) => !due.includes(item));
          expected.push(
            ...due.sort((a, b) => a.job.endsAt! - b.job.endsAt! || a.serial - b.serial).map(({ id }) => id),
          );
        };
        for (const step of steps) {
          if (step.does === 'start') {
            catchUp();
            const item = start(step.ms);
            items.push(item);
            running.push(item);
          } else if (step.does === 'advance') {
            await clock.advance(step.ms);
            jobs.catchUp();
            catchUp();
          } else if (step.does === 'restart') {
            jobs.restart([providerState]);
            running = items.filter(({ job }) => job.endsAt! > clock.now());
          } else {
            const item = items[step.which % Math.max(1, items.length)];
            if (!item || !running.includes(item)) continue;
            jobs.catchUp();
            catchUp();
            if (!running.includes(item)) continue;
            item.job.endsAt = clock.now() + step.ms;
            running = running.filter((other) => other !== item);
            jobs.moved(providerState, item);
            if (step.ms === 0) expected.push(item.id);
            else running.push(item);
          }
          expect(told).toEqual(expected);
        }
      }),
      runs(200),
    );
  });
});
