/**
 * The prediction API: a sample that does what the page's own list says not to do.
 * @module
 */
import type { Answer, Life, Program } from '../virtual.js';
import { type Provider, spentByOthers } from './procedure.js';

const KEY = 'sk_live_page';

/** The sample: the smaller of Retry-After and 2^n seconds, three times at most. */
async function smallerOfBoth(life: Life, path: string): Promise<Answer | undefined> {
  for (let retries = 0; retries < 3; retries++) {
    const answer = await life.call('GET', path);
    if (answer.status !== 429) return answer;
    await life.sleep(1_000 * Math.min(answer.number('Retry-After'), 2 ** retries));
  }
  return undefined;
}

/** Somebody else leaves nothing until the minute ends, which is in so many seconds. */
function refusedFor(seconds: number, program: Program): Program {
  return async (life) => {
    await life.mock.clock.advance((48 - seconds) * 1_000);
    spentByOthers(life, 'key-minute', { key: KEY });
    await program(life);
  };
}

/** So many predictions, each asked for every so often until it is there. */
async function painted(life: Life, many: number, everyMs: number): Promise<void> {
  const entry = { owner: 'acme', model: 'painter', input: { prompt: 'a garden' } };
  const { body } = await life.call('POST', '/v1/predictions/batch', { predictions: Array(many).fill(entry) });
  const running = new Set<string>(body.predictions.map(({ job_id }: { job_id: string }) => job_id));
  while (running.size > 0) {
    await life.sleep(everyMs);
    for (const id of running) {
      const { body } = await life.call('GET', `/v1/predictions/${id}`);
      if (body.status === 'succeeded') running.delete(id);
    }
  }
}

/** The sample of the page with several waits, and programs that break a practice. */
export const prediction: Provider = {
  credential: ['Authorization', `Bearer ${KEY}`],
  procedures: [
    {
      says: 'Waits for the smaller of `Retry-After` (12 s) and 2^n s, three times',
      page: true,
      programs: [refusedFor(12, async (life) => void (await smallerOfBoth(life, '/v1/account')))],
      meets: { refused: 3 },
      fails: ['retry-too-early', 'gave-up'],
    },
    {
      says: 'The same with a `Retry-After` of 3 s: early once, and then in time',
      page: true,
      programs: [refusedFor(3, async (life) => void (await smallerOfBoth(life, '/v1/account')))],
      meets: { refused: 2 },
      fails: ['retry-too-early'],
    },
    {
      says: 'The same with a `Retry-After` of 1 s, where both are the same',
      page: true,
      programs: [refusedFor(1, async (life) => void (await smallerOfBoth(life, '/v1/account')))],
      meets: { refused: 1 },
      fails: [],
    },
    {
      says: 'Batches, and asks for each prediction once a second',
      page: true,
      programs: [(life) => painted(life, 3, 1_000)],
      fails: [],
    },
    {
      says: 'Asks for a prediction four times a second',
      page: false,
      programs: [(life) => painted(life, 1, 250)],
      fails: ['polling-too-fast'],
    },
    {
      says: 'Retries a refusal at once, three times',
      page: false,
      programs: [
        refusedFor(12, async (life) => {
          for (let tries = 0; tries < 4; tries++) await life.call('GET', '/v1/account');
        }),
      ],
      meets: { refused: 4 },
      fails: ['retry-too-early', 'hammering', 'gave-up'],
    },
    {
      says: 'Goes on with a second key where the first is refused',
      page: false,
      programs: [
        refusedFor(12, async (life) => {
          const { status } = await life.call('GET', '/v1/account');
          if (status === 429)
            await life.call('GET', '/v1/account', undefined, { Authorization: 'Bearer sk_live_second' });
        }),
      ],
      meets: { refused: 1 },
      fails: ['key-spreading'],
    },
  ],
};
