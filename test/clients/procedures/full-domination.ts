/**
 * Full Domination: jitter on top of Retry-After, headroom, large pages, batches, entity tags.
 * @module
 */
import type { Life, Program } from '../virtual.js';
import { crowd, type Provider, spentByOthers, upTo } from './procedure.js';

const TOKEN = 'ad_live_page';

/** The page's sample: as long as told, and up to half a second at random. */
function comesBack(jitterMs: number): Program {
  return async (life) => {
    spentByOthers(life, 'token-minute', { token: TOKEN });
    const path = `/v1/audit-log?limit=100&action=${life.random()}`;
    for (;;) {
      const answer = await life.call('GET', path);
      if (answer.ok) return;
      await life.sleep(answer.number('Retry-After') * 1_000 + life.random() * jitterMs);
    }
  };
}

/** Each waits for its answer, a fifth of a second, before it asks for the next. */
const worker: Program = async (life) => {
  if (life.mock.faults.list().length === 0) life.mock.faults.add({ delayMs: 200 });
  for (const n of upTo(3)) await life.call('GET', `/v1/audit-log?limit=100&action=${life.random()}-${n}`);
};

async function walk(life: Life, size: string): Promise<void> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await life.call('GET', `/v1/mentions?${size}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    cursor = body.pagination.nextCursor;
  }
}

async function draft(life: Life, size: number): Promise<void> {
  const brief = (n: number) => ({ title: `Article ${n}`, targetPrompt: 'best dentist', outlineAngle: 'Compare.' });
  const numbers = upTo(20);
  while (numbers.length > 0)
    await life.call('POST', '/v1/content/draft', { briefs: numbers.splice(0, size).map(brief) });
}

async function look(life: Life, conditional: boolean): Promise<void> {
  let tag: string | null = null;
  for (const _ of upTo(3)) {
    const headers: Record<string, string> = conditional && tag !== null ? { 'If-None-Match': tag } : {};
    tag = (await life.call('GET', '/v1/companies?limit=100', undefined, headers)).header('ETag');
    await life.sleep(5_000);
  }
}

/** Each practice of the page, beside a program that does not follow it. */
export const fullDomination: Provider = {
  credential: ['Authorization', `Bearer ${TOKEN}`],
  procedures: [
    {
      says: 'Six at once wait for `Retry-After` and up to 500 ms at random',
      page: true,
      programs: crowd(6, comesBack(500)),
      meets: { refused: 6 },
      fails: [],
    },
    {
      says: 'Six at once wait for `Retry-After` exactly',
      page: false,
      programs: crowd(6, comesBack(0)),
      meets: { refused: 6 },
      fails: ['no-jitter'],
    },
    { says: '18 requests at a time', page: true, programs: crowd(18, worker), fails: [] },
    {
      says: '20 requests at a time, as many as there may be',
      page: false,
      programs: crowd(20, worker),
      fails: ['no-headroom'],
    },
    {
      says: 'Reads a list by cursor, 100 at a time',
      page: true,
      programs: [(life) => walk(life, 'limit=100')],
      fails: [],
    },
    {
      says: 'Reads it two at a time',
      page: false,
      programs: [(life) => walk(life, 'limit=2')],
      fails: ['small-pages'],
    },
    { says: 'Asks for drafts of ten articles at a time', page: true, programs: [(life) => draft(life, 10)], fails: [] },
    { says: 'Asks for each by itself', page: false, programs: [(life) => draft(life, 1)], fails: ['one-by-one'] },
    {
      says: 'Sends the last entity tag in `If-None-Match`',
      page: true,
      programs: [(life) => look(life, true)],
      fails: [],
    },
    { says: 'Reads in full each time', page: false, programs: [(life) => look(life, false)], fails: ['missed-304'] },
  ],
};
