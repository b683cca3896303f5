/**
 * Those that ask for more than they need, or get more than they may.
 * @module
 */
import type { Offender } from './offender.js';
import type { Client, ProviderState } from './world.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const CREATE = { method: 'POST', body: { input: { prompt: 'A banana' } }, headers: { 'Idempotency-Key': 'once' } };

/** Asks whichever key's turn it is for one thing after another. */
async function takeTurns(
  providerState: ProviderState,
  clients: readonly Client[],
  calls: number,
  turn: (n: number) => number,
) {
  for (const n of range(calls)) {
    await clients[turn(n)]!(`/v1/files/file_${n}`);
    await providerState.sleep(200);
  }
}

/** One client for each check of economy. */
export const economyOffenders: readonly Offender[] = [
  {
    check: 'polling-too-fast',
    does: 'polls a prediction four times a second',
    profile: 'prediction',
    says: 'polled /v1/predictions/pred_0 250 ms after the last time, where 1 s is the least, on key sk_…ll, 9 times',
    times: 9,
    async run(providerState) {
      const send = providerState.as('sk_live_poll');
      providerState.mock.faults.add({ status: 200 });
      for (const _ of range(10)) {
        await send('/v1/predictions/pred_0');
        await providerState.sleep(250);
      }
    },
  },
  {
    check: 'polled-for-completion',
    does: 'looks every minute whether an audit has ended',
    profile: 'full-domination',
    says: 'read /v1/audits/aud_01KRDK6C00WP4H023SRJK31A86 5 times until it had ended, where a webhook tells that, on token ad_…ll',
    times: 1,
    async run(providerState) {
      const send = providerState.as('ad_live_poll');
      const { body } = await send('/v1/audits', { method: 'POST', body: { companyId: 'cmp_abc' } });
      let tag = '';
      for (const _ of range(6)) {
        const headers: Record<string, string> = tag === '' ? {} : { 'If-None-Match': tag };
        tag = (await send(`/v1/audits/${body.data.id}`, { headers })).headers.get('etag') ?? tag;
        await providerState.sleep(60_000);
      }
    },
  },
  {
    check: 'no-headroom',
    does: 'has 20 requests in flight',
    profile: 'full-domination',
    says: 'had 20 requests in flight at once, where at most 18 of 20 leave headroom, on token ad_…ll, 2 times',
    times: 2,
    async run(providerState) {
      providerState.mock.faults.add({ delayMs: 2_000 });
      await providerState.together(
        ...range(20).map((n) => async () => {
          const answer = providerState.as('ad_live_full')(`/v1/audits/aud_${n}`);
          await providerState.sleep(2_000);
          await answer;
        }),
      );
    },
  },
  {
    check: 'missed-304',
    does: 'reads the same list every minute without its entity tag',
    profile: 'full-domination',
    says: 'read GET /v1/companies again without If-None-Match although it had the entity tag, on token ad_…ag, 4 times',
    times: 4,
    async run(providerState) {
      for (const _ of range(5)) {
        await providerState.as('ad_live_etag')('/v1/companies?limit=100');
        await providerState.sleep(60_000);
      }
    },
  },
  {
    check: 'missed-cache',
    does: 'asks for what the server still has in its cache',
    profile: 'aiclicks',
    says: 'asked for GET /api/v1/domains again 59 min 59 s after it received the answer, on key ak_…he',
    times: 1,
    async run(providerState) {
      const send = providerState.as('ak_live_cache');
      await send('/api/v1/domains');
      await providerState.sleep(3_599_000);
      await send('/api/v1/domains');
      await providerState.sleep(1_000);
      await send('/api/v1/domains');
    },
  },
  {
    check: 'missed-cache',
    does: 'asks again within the time that a dashboard keeps answers',
    profile: 'acrely',
    says: 'asked for GET /api/v1/leads again 10 s after it received the answer, on key sk_…he, 5 times',
    times: 5,
    async run(providerState) {
      for (const _ of range(7)) {
        await providerState.as('sk_live_cache')('/api/v1/leads?campaignId=c1');
        await providerState.sleep(10_000);
      }
    },
  },
  {
    check: 'small-pages',
    does: 'walks through pages of the usual size',
    profile: 'klinky',
    says: 'read /api/v1/public/links in 3 pages of 20, where 100 fit on one, on key klinky…es',
    times: 1,
    async run(providerState) {
      for (const page of range(3))
        await providerState.as('klinky_live_pages')(`/api/v1/public/links${page === 0 ? '' : `?page=${page + 1}`}`);
    },
  },
  {
    check: 'small-pages',
    does: 'follows cursors through pages of one',
    profile: 'full-domination',
    says: 'read /v1/audits in 5 pages of 1, where 100 fit on one, on token ad_…sor',
    times: 1,
    async run(providerState) {
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const { body } = await providerState.as('ad_live_cursor')(`/v1/audits?limit=1${query}`);
        cursor = body.pagination.nextCursor;
      }
    },
  },
  {
    check: 'one-by-one',
    does: 'imports leads one by one',
    profile: 'acrely',
    says: 'created 12 items with a call each, where 1 call of bulkCreateLeads would have been enough, on key sk_…ds',
    times: 1,
    async run(providerState) {
      for (const n of range(12)) {
        const body = { campaignId: 'c1', phoneNumber: `+1555555${1_000 + n}` };
        await providerState.as('sk_live_leads')('/api/v1/leads', { method: 'POST', body });
        await providerState.sleep(1_000);
      }
    },
  },
  {
    check: 'one-by-one',
    does: 'asks for drafts with one brief a call',
    profile: 'full-domination',
    says: 'created 12 items with a call each, where 2 calls of draftContent would have been enough, on token ad_…ft',
    times: 1,
    async run(providerState) {
      for (const n of range(12)) {
        const body = { briefs: [{ title: `Article ${n}`, targetPrompt: 'crowns', outlineAngle: 'a' }] };
        await providerState.as('ad_live_draft')('/v1/content/draft', { method: 'POST', body });
      }
    },
  },
  {
    check: 'key-spreading',
    does: 'asks with another key what one was refused',
    profile: 'prediction',
    says: 'sent POST /v1/google/nano-banana/predictions 2 s after another key was refused the same request and told to wait 1 min, on key sk_…yA and key sk_…yB',
    times: 1,
    async run(providerState) {
      providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'sk_live_keyA' }, remaining: 0 });
      await providerState.as('sk_live_keyA')('/v1/google/nano-banana/predictions', CREATE);
      await providerState.sleep(2_000);
      await providerState.as('sk_live_keyB')('/v1/google/nano-banana/predictions', CREATE);
    },
  },
  {
    check: 'key-spreading',
    does: 'takes its keys by turns',
    profile: 'prediction',
    says: 'took 120 in one window with several keys, where one key may take 60, on key sk_…tA, key sk_…tB and key sk_…tC',
    times: 1,
    run: (providerState) =>
      takeTurns(
        providerState,
        ['A', 'B', 'C'].map((name) => providerState.as(`sk_live_rot${name}`)),
        120,
        (n) => n % 3,
      ),
  },
  {
    check: 'key-spreading',
    does: 'takes its keys by turns, whose windows begin one after another',
    profile: 'prediction',
    options: { variant: ['first-request'] },
    says: 'took 120 in one window with several keys, where one key may take 60, on key sk_…tA, key sk_…tB and key sk_…tC',
    times: 1,
    async run(providerState) {
      const senders = ['A', 'B', 'C'].map((name) => providerState.as(`sk_live_rot${name}`));
      for (let n = 0; n < 120; n++) {
        await senders[n % 3]!(`/v1/account/usage?day=${n}`);
        await providerState.sleep(50);
      }
    },
  },
  {
    check: 'key-spreading',
    does: 'takes the next key when one is used up',
    profile: 'prediction',
    says: 'took 90 in one window with several keys, where one key may take 60, on key sk_…tA and key sk_…tB',
    times: 1,
    run: (providerState) =>
      takeTurns(
        providerState,
        ['A', 'B'].map((name) => providerState.as(`sk_live_next${name}`)),
        90,
        (n) => (n < 60 ? 0 : 1),
      ),
  },
];
