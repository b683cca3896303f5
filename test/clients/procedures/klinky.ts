/**
 * Klinky: the longest page of advice, with a sample for each practice.
 * @module
 */
import type { Answer, Life, Program } from '../virtual.js';
import { crowd, type Provider, spentByOthers, upTo } from './procedure.js';

const LINKS = '/api/v1/public/links';
const ACCOUNT = { account: 'default' };
const growth = { profile: 'klinky', plan: 'growth' };

function link(n: number): unknown {
  const variants = ['a', 'b'].map((label) => ({
    label,
    destination_url: `https://example.com/${n}/${label}`,
    weight: 50,
  }));
  return { name: `Link ${n}`, slug: `link-${n}`, variants };
}

/** Five tries; after a refusal the longer of Retry-After and 2^n s, to which (and only to which) a tenth at random is added. */
async function longerOfBoth(life: Life, path: string): Promise<Answer | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await life.call('GET', path);
    if (answer.status !== 429) return answer;
    const backOff = Math.min(2 ** attempt, 60);
    await life.sleep(1_000 * Math.max(answer.number('Retry-After'), backOff + backOff * 0.1 * life.random()));
  }
  return undefined;
}

/** The check of the page: it says that more than nine tenths are used, and leaves the rest to its reader. */
function isNearLimit(answer: Answer): boolean {
  const limit = answer.number('X-RateLimit-Limit');
  return (limit - answer.number('X-RateLimit-Remaining')) / limit > 0.9;
}

/** Makes links one after the other, and waits for the reset once fewer than ten requests are left. */
const bulk: Program = async (life) => {
  for (const n of upTo(250)) {
    const answer = await life.call('POST', LINKS, link(n));
    const untilReset = answer.number('X-RateLimit-Reset') * 1_000 - life.now();
    if (answer.number('X-RateLimit-Remaining') < 10 && untilReset > 0) await life.sleep(untilReset);
  }
};

/** The queue of the page: one request every 3.6 s, whatever comes of it. */
async function queue(life: Life, requests: number): Promise<void> {
  for (const n of upTo(requests)) {
    await life.call('POST', LINKS, link(n));
    await life.sleep(3_600);
  }
}

/** Makes a link and, if the server fails, once more. */
async function make(life: Life, headers?: Readonly<Record<string, string>>): Promise<void> {
  life.mock.faults.add({ match: { method: 'POST' }, times: 1, status: 503 });
  while (!(await life.call('POST', LINKS, link(1), headers)).ok) await life.sleep(1_000);
}

/** Reads the links every so often for ten minutes, through a cache that says whether what it has is still good. */
async function readAgain(life: Life, everyMs: number, isGood: (readAt: number, now: number) => boolean): Promise<void> {
  let readAt = Number.NaN;
  for (const end = life.now() + 600_000; life.now() < end; await life.sleep(everyMs)) {
    if (isGood(readAt, life.now())) continue;
    await life.call('GET', `${LINKS}?per_page=100`);
    readAt = life.now();
  }
}

async function walk(life: Life, pages: number, size: string): Promise<void> {
  for (const page of upTo(pages)) await life.call('GET', `${LINKS}?page=${page}${size}`);
}

const refused: Program = async (life) => {
  spentByOthers(life, 'account-hour', ACCOUNT);
  await longerOfBoth(life, `${LINKS}/550e8400-e29b-41d4-a716-446655440000`);
};

/** The samples of the page, including those that its own advice finds fault with, and programs that break a practice. */
export const klinky: Provider = {
  credential: ['X-API-Key', 'klinky_live_page'],
  procedures: [
    {
      says: 'Finds that nine tenths are used, and goes on; waits for the longer of `Retry-After` and 2^n s when refused',
      page: true,
      options: growth,
      programs: [
        async (life) => {
          let warnings = 0;
          for (const n of upTo(120)) {
            const answer = await longerOfBoth(life, `${LINKS}?per_page=100&page=${n}`);
            if (answer && isNearLimit(answer)) warnings += 1;
          }
          if (warnings === 0) throw new Error('it was never near the limit');
        },
      ],
      meets: { refused: 1 },
      fails: ['ignored-remaining'],
    },
    {
      says: 'Makes 250 links, and waits for the reset once fewer than ten requests are left',
      page: true,
      options: growth,
      programs: [bulk],
      fails: [],
    },
    {
      says: 'Waits for the longer of `Retry-After` and 2^n s',
      page: true,
      programs: [refused],
      meets: { refused: 1 },
      fails: [],
    },
    {
      says: 'Three such programs at once: the longer of both is `Retry-After`, and that has nothing random in it',
      page: true,
      programs: crowd(3, refused),
      meets: { refused: 3 },
      fails: ['no-jitter'],
    },
    { says: 'Sends one request every 3.6 s, alone', page: true, programs: [(life) => queue(life, 1_100)], fails: [] },
    {
      says: 'The same where others have used 900 of the hour, and nobody looks at the answers',
      page: true,
      programs: [
        async (life) => {
          life.mock.setQuota({ policy: 'account-hour', partition: ACCOUNT, remaining: 100 });
          await queue(life, 300);
        },
      ],
      meets: { refused: 200 },
      fails: ['retry-too-early', 'ignored-remaining', 'gave-up'],
    },
    {
      says: 'Keeps the links for 60 s, as the page does in a browser',
      page: true,
      programs: [(life) => readAgain(life, 7_000, (readAt, now) => now - readAt < 60_000)],
      fails: [],
    },
    {
      says: 'Keeps them until the next full five minutes: ten seconds before and just after, it reads them twice',
      page: true,
      programs: [
        async (life) => {
          await life.sleep(Date.parse('2026-05-12T08:14:50.000Z') - life.now());
          await readAgain(life, 17_000, (readAt, now) => Math.floor(readAt / 300_000) === Math.floor(now / 300_000));
        },
      ],
      fails: ['missed-cache'],
    },
    { says: 'Reads pages of 100', page: true, programs: [(life) => walk(life, 3, '&per_page=100')], fails: [] },
    {
      says: 'Reads pages as they come, of 20',
      page: false,
      programs: [(life) => walk(life, 3, '')],
      fails: ['small-pages'],
    },
    {
      says: 'Repeats a creation with the same `Idempotency-Key`',
      page: true,
      programs: [(life) => make(life, { 'Idempotency-Key': 'unique-1' })],
      meets: { failed: 1 },
      fails: [],
    },
    {
      says: 'Repeats a creation without one',
      page: false,
      programs: [(life) => make(life)],
      meets: { failed: 1 },
      fails: ['unsafe-retry'],
    },
  ],
};
