/** Clients that honour everything, at work well beyond the limit: none is found fault with. */
import { afterEach, describe, expect, it } from 'vitest';
import { politeClient } from './polite.js';
import { type Answer, closeWorlds, createProviderState, findings, type ProviderState } from './world.js';

afterEach(closeWorlds);

const BAD_DAY = [
  { status: 503, match: { everyNth: 17 } },
  { drop: true, match: { everyNth: 41 } },
  { status: 503, headers: { 'Retry-After': '3' }, match: { everyNth: 59 } },
] as const;

function badDay(providerState: ProviderState): void {
  for (const fault of BAD_DAY) providerState.mock.faults.add(fault);
}

function expectInnocence(providerState: ProviderState, atLeast: { requests: number; failed: number }): void {
  const report = providerState.report();
  expect(findings(report)).toEqual({});
  expect(report.verdict).toBe('pass');
  const { figures, checks } = report.profiles[0]!;
  // It did something, and met with trouble.
  expect(figures.requests).toBeGreaterThanOrEqual(atLeast.requests);
  expect(figures.failed).toBeGreaterThanOrEqual(atLeast.failed);
  expect(checks.length).toBeGreaterThan(5);
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a client that honours everything', () => {
  it('reads the analytics of AIclicks, several at once, over some minutes', async () => {
    const providerState = await createProviderState('aiclicks');
    const ask = politeClient(providerState, 'ak_live_polite');
    badDay(providerState);
    const reader = (kind: string) => async () => {
      const { body } = await ask(`/api/v1/domains?reader=${kind}`);
      for (const { id } of body.data.items)
        for (const days of range(25)) await ask(`/api/v1/${kind}-time-series?domain_id=${id}&days=${days + 1}`);
    };
    // A refusal by itself: somebody else has used up the key's minute.
    await providerState.together(async () => void (await ask('/api/v1/validate')));
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_polite' }, remaining: 0 });
    await providerState.together(...['visibility', 'mentions', 'citability', 'citations'].map(reader));
    expectInnocence(providerState, { requests: 200, failed: 15 });
    expect(providerState.report().profiles[0]!.figures.refused).toBeGreaterThan(0);
  });

  it('keeps links with Klinky, pages through them, and creates more than an hour has room for', async () => {
    const providerState = await createProviderState('klinky', { plan: 'growth' });
    const ask = politeClient(providerState, 'klinky_live_polite');
    badDay(providerState);
    const make = (worker: number) => async () => {
      for (const n of range(40)) {
        const variants = [50, 50].map((weight, i) => ({
          label: `v${i}`,
          destination_url: 'https://example.com',
          weight,
        }));
        const { status } = await ask('/api/v1/public/links', {
          method: 'POST',
          body: { name: `Link ${worker}.${n}`, variants },
        });
        expect(status).toBe(201);
      }
    };
    await providerState.together(...range(3).map(make));
    const pages = async () => {
      for (let page = 1, all = 2; page <= all; page++) {
        const { body } = await ask(`/api/v1/public/links?per_page=100&page=${page}`);
        all = body.pages;
        for (const { id } of body.items.slice(0, 30)) await ask(`/api/v1/public/links/${id}/clicks?per_page=100`);
      }
    };
    await providerState.together(pages);
    expectInnocence(providerState, { requests: 150, failed: 9 });
  });

  it('works with Full Domination: conditional reads, batches, 18 at once', async () => {
    const providerState = await createProviderState('full-domination');
    const ask = politeClient(providerState, 'ad_live_polite', { reset: 'countdown', most: 18 });
    badDay(providerState);
    const work = (n: number) => async () => {
      for (const round of range(12)) {
        await ask(`/v1/audits?limit=100&companyId=${n % 2 === 0 ? 'cmp_abc' : 'cmp_def'}`);
        await ask('/v1/companies?limit=100');
        const briefs = range(10).map((i) => ({
          title: `Article ${n}.${round}.${i}`,
          targetPrompt: 'crowns',
          outlineAngle: 'a',
        }));
        await ask('/v1/content/draft', { method: 'POST', body: { briefs } });
      }
    };
    await providerState.together(...range(18).map(work));
    expectInnocence(providerState, { requests: 600, failed: 30 });
    expect(providerState.mock.requests({ status: 304 }).length).toBeGreaterThan(100);
  });

  it('makes predictions in batches and polls them once a second', async () => {
    const providerState = await createProviderState('prediction');
    const ask = politeClient(providerState, 'sk_live_polite');
    badDay(providerState);
    const poll = async (id: string) => {
      for (;;) {
        await providerState.sleep(2_500);
        const { body } = await ask(`/v1/predictions/${id}`);
        if (body.status === 'succeeded') return;
      }
    };
    await providerState.together(async () => {
      for (const n of range(12)) {
        const predictions = range(5).map((i) => ({
          owner: 'google',
          model: 'nano-banana',
          input: { prompt: `Banana ${n}.${i}` },
        }));
        const { body }: Answer = await ask('/v1/predictions/batch', { method: 'POST', body: { predictions } });
        for (const { job_id } of body.predictions) await poll(job_id);
      }
    });
    expectInnocence(providerState, { requests: 100, failed: 6 });
  });

  it('imports leads into Acrely in bulk, and reads what there is once a minute', async () => {
    const providerState = await createProviderState('acrely', { variant: 'per-minute' });
    const ask = politeClient(providerState, 'sk_live_polite');
    badDay(providerState);
    const campaignId = 'k978z8ndfnqjnbxmphvf0wd59h6yrd0a';
    await providerState.together(
      async () => {
        for (const n of range(30)) {
          const leads = range(20).map((i) => ({ phoneNumber: `+1555${String(1_000_000 + n * 20 + i)}` }));
          await ask('/api/v1/leads/bulk', { method: 'POST', body: { campaignId, leads } });
        }
      },
      async () => {
        for (const n of range(100)) {
          await ask(`/api/v1/leads?campaignId=${campaignId}&status=raw&limit=${n + 1}`);
          if (n % 10 === 0) await providerState.sleep(60_000);
        }
      },
    );
    expectInnocence(providerState, { requests: 130, failed: 8 });
  });
});
