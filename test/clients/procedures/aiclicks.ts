/**
 * AIclicks: five practices, of which the last is not to wait in one way for two things.
 * @module
 */
import type { Answer, Life } from '../virtual.js';
import { type Provider, spentByOthers, upTo } from './procedure.js';

const DOMAIN = '8f1d3c0a-2f9b-4c11-9b80-7a82e1f0c3f3';
const KEY = 'ak_live_page';
const prompts = (page: number) => `/api/v1/prompts?domain_id=${DOMAIN}&size=500&page=${page}`;

/** Waits for a refusal as told, ever longer after failures, and holds back before nothing is left. */
async function heed(life: Life, path: string): Promise<Answer> {
  for (let failures = 0; ; ) {
    const answer = await life.call('GET', path);
    if (answer.status === 429) await life.sleep(answer.number('Retry-After') * 1_000);
    else if (answer.status >= 500) await life.sleep(1_000 * 2 ** failures++);
    else {
      const untilReset = answer.number('X-RateLimit-Reset') * 1_000 - life.now();
      if (answer.number('X-RateLimit-Remaining') < 2 && untilReset > 0) await life.sleep(untilReset);
      return answer;
    }
  }
}

/** One series of waits for whatever goes wrong. */
async function alike(life: Life, path: string): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await life.call('GET', path);
    if (answer.ok) return answer;
    await life.sleep(1_000 * 2 ** attempt);
  }
}

async function everySoOften(life: Life, path: string, ms: number): Promise<void> {
  for (;;) {
    if ((await life.call('GET', path)).ok) return;
    await life.sleep(ms);
  }
}

/** The five practices together, and programs that break one of them each. */
export const aiclicks: Provider = {
  credential: ['Authorization', `Bearer ${KEY}`],
  procedures: [
    {
      says: 'Watches `X-RateLimit-Remaining`, waits for `Retry-After` exactly, backs off exponentially from a 5xx, keeps what it has read',
      page: true,
      programs: [
        async (life) => {
          const kept = new Map<string, Answer>();
          life.mock.faults.add({ match: { path: '/api/v1/prompts', everyNth: 30 }, times: 4, status: 503 });
          for (const n of [...upTo(130), ...upTo(130)]) {
            const path = prompts(n);
            if (!kept.has(path)) kept.set(path, await heed(life, path));
            if (n === 20) spentByOthers(life, 'key-minute', { key: KEY });
          }
        },
      ],
      meets: { refused: 1, failed: 4 },
      fails: [],
    },
    {
      says: 'The same without keeping anything',
      page: false,
      programs: [
        async (life) => {
          for (const n of [...upTo(20), ...upTo(20)]) await heed(life, prompts(n));
        },
      ],
      fails: ['missed-cache'],
    },
    {
      says: 'One exponential back-off for 5xx and 429 alike',
      page: false,
      programs: [
        async (life) => {
          life.mock.faults.add({ times: 3, status: 503 });
          let failures = 0;
          life.mock.on('request', ({ data: { status } }) => {
            // When it comes back from its third failure, after 4 s, it is refused, and told another 4 s.
            if (status === 503 && ++failures === 3) spentByOthers(life, 'key-minute', { key: KEY }, 7_500);
          });
          await alike(life, prompts(1));
        },
      ],
      meets: { refused: 1, failed: 3 },
      fails: ['conflated-backoff'],
    },
    {
      says: 'Tries again every 5 s',
      page: false,
      programs: [
        async (life) => {
          spentByOthers(life, 'key-minute', { key: KEY });
          await everySoOften(life, prompts(1), 5_000);
        },
      ],
      meets: { refused: 12 },
      fails: ['retry-too-early'],
    },
    {
      says: 'Tries again every second after a 5xx',
      page: false,
      programs: [
        async (life) => {
          life.mock.faults.add({ times: 4, status: 503 });
          await everySoOften(life, prompts(1), 1_000);
        },
      ],
      meets: { failed: 4 },
      fails: ['no-backoff'],
    },
  ],
};
