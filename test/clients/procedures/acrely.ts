/**
 * Acrely: bulk calls, spread over time; and a rate for queues that its own hourly limit does not allow.
 * @module
 */
import type { Life } from '../virtual.js';
import { type Provider, upTo } from './procedure.js';

const CAMPAIGN = 'k978z8ndfnqjnbxmphvf0wd59h6yrd0a';

function phone(n: number): string {
  return `+1555${String(1_000_000 + n)}`;
}

async function importLeads(life: Life, calls: number): Promise<void> {
  for (const call of upTo(calls)) {
    const leads = upTo(1_000).map((n) => ({ phoneNumber: phone(call * 1_000 + n) }));
    await life.call('POST', '/api/v1/leads/bulk', { campaignId: CAMPAIGN, leads });
    await life.sleep(6_000);
  }
}

/** One lead per event, 92 a minute. */
async function queue(life: Life, leads: number): Promise<void> {
  for (const n of upTo(leads)) {
    await life.call('POST', '/api/v1/leads', { campaignId: CAMPAIGN, phoneNumber: phone(n) });
    await life.sleep(60_000 / 92);
  }
}

/** Reads; when nothing is left it waits for the reset, and when refused for as long as it is told. */
async function read(life: Life, campaigns: number): Promise<void> {
  for (const n of upTo(campaigns)) {
    for (;;) {
      const answer = await life.call('GET', `/api/v1/leads?campaignId=campaign-${n}`);
      const untilReset = answer.number('X-RateLimit-Reset') * 1_000 - life.now();
      if (answer.status === 429) await life.sleep(answer.number('Retry-After') * 1_000);
      else if (answer.number('X-RateLimit-Remaining') === 0) await life.sleep(untilReset);
      if (answer.ok) break;
    }
  }
}

async function dashboard(life: Life, everyMs: number): Promise<void> {
  for (const _ of upTo(5)) {
    await life.call('GET', `/api/v1/leads?campaignId=${CAMPAIGN}`);
    await life.sleep(everyMs);
  }
}

/** Imports, reads, the queue for events and a dashboard. */
export const acrely: Provider = {
  credential: ['x-api-key', 'sk_test_page'],
  procedures: [
    {
      says: 'Imports in calls of 1,000 leads, ten a minute',
      page: true,
      programs: [(life) => importLeads(life, 5)],
      fails: [],
    },
    {
      says: 'Waits for the reset when nothing is left, and for `Retry-After` when refused',
      page: true,
      programs: [(life) => read(life, 1_100)],
      meets: { refused: 1 },
      fails: [],
    },
    {
      says: 'A queue that makes 92 leads a minute, one by one: as the page has it for events, and more than 1,000 an hour',
      page: true,
      programs: [(life) => queue(life, 1_050)],
      meets: { refused: 50 },
      fails: ['retry-too-early', 'ignored-remaining', 'hammering', 'one-by-one', 'gave-up'],
    },
    {
      says: 'A dashboard that reads once a minute',
      page: true,
      programs: [(life) => dashboard(life, 60_000)],
      fails: [],
    },
    {
      says: 'A dashboard that reads every 10 s',
      page: false,
      programs: [(life) => dashboard(life, 10_000)],
      fails: ['missed-cache'],
    },
  ],
};
