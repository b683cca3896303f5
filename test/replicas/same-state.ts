/**
 * Replicas hold the same state, whatever clients, tests and failures do, and it is that of one process.
 * @module
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { agree, runs } from '../properties/agree.js';
import { digest, editions, History, histories, providersOfHistories, type Step, type Troubles } from './history.js';
import type { MembersOptions, Outcome } from './members.js';
import { replay } from './one-process.js';
import { inMemory, type OpenStore } from './store.js';

/** What happens to replicas in a history. */
export const TROUBLES: readonly (readonly [what: string, troubles: Troubles, usual: number])[] = [
  ['clients and tests', { moves: false, failures: false }, 60],
  ['replicas that join and leave', { moves: true, failures: false }, 60],
  ['lost replies, removed replicas, a log that restarts', { moves: true, failures: true }, 120],
  ['the same, and fewer buckets than keys', { moves: true, failures: true, maxBuckets: 2 }, 60],
];

/** Checks that everything that can be read of a replica is equal at all after a history. @returns how many requests were answered */
export async function checkHistory(steps: readonly Step[], options: Partial<MembersOptions> = {}): Promise<number> {
  const history = new History({ openStore: inMemory({ recoverMs: 1 }), ...options });
  try {
    await history.start(3);
    for (const step of steps) await history.play(step);
    await history.settle();
    const [first, ...others] = history.members.all.map(digest);
    for (const other of others) for (const [part, text] of Object.entries(first!)) agree(part, other[part], text);
    agree(
      'warnings',
      history.warnings.filter((line) => /failed/.test(line)),
      [],
    );
    return history.sent.filter(({ outcome }) => outcome.answer).length;
  } finally {
    await history.close();
  }
}

/** Checks that everything that can be read of a replica is equal at all. @param usual how many histories are tried */
export async function checkSameState(
  troubles: Troubles,
  usual: number,
  openStore: OpenStore = inMemory({ recoverMs: 1 }),
): Promise<void> {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(histories(troubles), async (steps) => {
      answers += await checkHistory(steps, { openStore, maxBuckets: troubles.maxBuckets });
    }),
    runs(usual),
  );
  expect(answers).toBeGreaterThan(5 * usual);
}

/** Checks that the answers of all replicas are those of one process that is given the same inputs at the same times. @param usual how many histories are tried */
export async function checkOneProcess(usual: number, openStore: OpenStore = inMemory({ recoverMs: 1 })): Promise<void> {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(histories({ moves: true, failures: false }, false), async (steps) => {
      // The whole log is kept, to be given to one process.
      const whole = Number.POSITIVE_INFINITY;
      const history = new History({ logBytes: { idle: whole, unused: whole, busy: whole }, openStore });
      try {
        await history.start(3);
        for (const step of steps) await history.play(step);
        await history.settle();
        const { members } = history;
        const { sandboxes, outcomes } = await replay(
          await members.store.batches(),
          { providers: providersOfHistories(), plans: {}, editions, clock: {}, maxSandboxes: 1 },
          members.time.precise(),
        );
        const sent = new Map<number, Outcome[]>();
        for (const { outcome, member } of history.sent) sent.set(member, [...(sent.get(member) ?? []), outcome]);
        for (const [member, theirs] of sent) {
          answers += theirs.filter(({ answer }) => answer).length;
          agree('answers', theirs.map(told), (outcomes.get(member) ?? []).map(told));
        }
        const one = digest({ sandboxes });
        // Nobody listens to the named ones there, because a listener would keep them from being evicted. Snapshots may contain buckets that have expired.
        for (const [part, text] of Object.entries(digest(members.all[0]!)))
          if (!/^t\d: events$|: snapshot$/.test(part)) agree(part, text, one[part]);
      } finally {
        await history.close();
      }
    }),
    runs(usual),
  );
  expect(answers).toBeGreaterThan(5 * usual);
}

/** What a client has seen. */
function told({ answer, streamed }: Outcome) {
  if (!answer) return undefined;
  const { status, headers, body, drop, cutAfter } = answer;
  return {
    status,
    headers,
    body: typeof body === 'object' && body ? Buffer.from(body).toString() : body,
    drop,
    cutAfter,
    streamed,
  };
}
