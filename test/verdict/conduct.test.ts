/** Who repeats, retries, writes, waits and catches up as one should is not found fault with; and what else holds of those checks. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import type { CheckName } from '../../src/verdict/checks/index.js';
import { gaveUp } from '../../src/verdict/checks/waits/gave-up.js';
import { Judge } from '../../src/verdict/judge.js';
import type { Report } from '../../src/verdict/report/report.js';
import { runAll } from '../../src/verdict/steps.js';
import { providerOf } from '../helpers/providers.js';
import { type Given, refused, viewOf } from './entries.js';
import { randomFrom } from './polite.js';
import { type Answer, type Ask, closeWorlds, createProviderState, type ProviderState, START } from './world.js';

afterEach(closeWorlds);
afterEach(() => {
  vi.useRealTimers();
});

const LINKS = '/api/v1/public/links';
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function link(name: string, headers: Record<string, string> = {}): Ask {
  const variants = ['a', 'b'].map((label) => ({ label, destination_url: 'https://example.com', weight: 50 }));
  return { method: 'POST', body: { name, variants }, headers };
}

function draft(title: string): Ask {
  return { method: 'POST', body: { briefs: [{ title, targetPrompt: 'crowns', outlineAngle: 'a' }] } };
}

/** What came of a check: its verdict, and what it found. */
function outcome(report: Report, check: CheckName) {
  const [profile] = report.profiles;
  const { verdict } = profile!.checks.find((one) => one.check === check)!;
  return { verdict, says: profile!.findings.filter((one) => one.check === check).map(({ says }) => says) };
}

const passed = { verdict: 'pass', says: [] };
const notJudged = { verdict: 'not-judged', says: [] };

describe('a request that was rejected', () => {
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'futile-retry');

  it('may be asked again until what it asks for is there', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 404, times: 6 });
    const statuses: number[] = [];
    for (const _ of range(7)) {
      statuses.push((await providerState.as('klinky_live_poll')(LINKS)).status);
      await providerState.mock.clock.advance(50);
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 200]);
    expect(judged(providerState)).toEqual(passed);
  });

  it('is found though parameters that the document does not declare differ, and says so', async () => {
    const providerState = await createProviderState('klinky');
    for (const n of range(4)) {
      await providerState.as('klinky_live_query')(`${LINKS}/none?nonce=${n}`);
      await providerState.mock.clock.advance(100);
    }
    expect(judged(providerState)).toEqual({
      verdict: 'warn',
      says: [
        'sent GET /api/v1/public/links/none 4 times with the same declared parameters within 300 ms, each time answered 404, on key klinky…ry',
      ],
    });
  });

  it('is found where that never comes, unless it polls now and then', async () => {
    const tries = async (waits: readonly number[]) => {
      const providerState = await createProviderState('prediction');
      for (const wait of [...waits, 0]) {
        await providerState.as('sk_live_poll')('/v1/files/none');
        await providerState.mock.clock.advance(wait);
      }
      expect(providerState.mock.requests({ status: 404 })).toHaveLength(waits.length + 1);
      return judged(providerState).says;
    };
    expect(await tries([100, 200, 400])).toEqual([
      'sent GET /v1/files/none 4 times within 700 ms, each time answered 404, on key sk_…ll',
    ]);
    expect(await tries([0, 0, 0, 0, 0])).toHaveLength(1);
    expect(await tries([250, 260, 250, 255, 250])).toHaveLength(1);
    expect(await tries([1_000, 1_000, 1_000])).toEqual([]);
    expect(await tries([100])).toEqual([]);
  });

  it('is found where a credential is barred with 429 and no wait', async () => {
    const providerState = await createProviderState('notion');
    const headers = { 'Notion-Version': '2025-09-03', Authorization: 'Bearer ntn_blocked' };
    for (const wait of [1_000, 2_000, 0]) {
      expect((await providerState.as('')('/v1/users/me', { headers })).status).toBe(429);
      await providerState.mock.clock.advance(wait);
    }
    expect(judged(providerState).says).toEqual([
      'sent GET /v1/users/me 3 times within 3 s, each time answered 429, on a credential that was not accepted',
    ]);
  });

  it('is not given up where a credential is barred, and is where a limit refused it', () => {
    const tries = (given: Given) => gaveUp.find(viewOf([given], { ended: true }), { slack: 60_000 }).judged;
    expect(tries({ at: 0, status: 429, admitted: false, caller: undefined })).toBe(0);
    expect(tries({ at: 0, status: 429, admitted: false })).toBe(1);
    expect(tries(refused({ at: 0 }))).toBe(1);
  });

  it('may be sent once it has been corrected, or something else has been changed', async () => {
    const providerState = await createProviderState('klinky');
    const send = providerState.as('klinky_live_form');
    for (const name of ['a', 'b', 'c', 'd']) {
      expect((await send(LINKS, { method: 'POST', body: { name } })).status).toBe(422);
      await providerState.mock.clock.advance(2_000);
    }
    const { body } = await send(LINKS, link('There'));
    for (const n of range(4)) {
      expect((await send(LINKS, { method: 'POST', body: {} })).status).toBe(422);
      const change = { method: 'PUT', body: { name: `Name ${n}` } };
      expect((await send(`${LINKS}/${body.id}`, change)).status).toBe(200);
    }
    expect(judged(providerState)).toEqual(passed);
  });

  it('is not made right by other things that are made', async () => {
    const providerState = await createProviderState('klinky');
    const send = providerState.as('klinky_live_list');
    for (const n of range(3)) {
      await send(LINKS, { method: 'POST', body: {} });
      await send(LINKS, link(`Other ${n}`));
    }
    expect(judged(providerState).says).toEqual([expect.stringMatching(/^sent POST .* 3 times .* answered 422/)]);
  });

  it('may be sent with another credential', async () => {
    const providerState = await createProviderState('klinky');
    for (const key of ['klinky_live_revoked', 'klinky_live_revoked', 'klinky_live_new', 'klinky_live_new'])
      await providerState.as(key)(LINKS);
    expect(providerState.mock.requests({ status: 401 })).toHaveLength(2);
    expect(judged(providerState)).toEqual(passed);
  });

  it('may be sent again much later, or at the same time, or when its answer told to', async () => {
    const providerState = await createProviderState('klinky');
    const wrong = { method: 'POST', body: {} };
    for (const _ of range(5)) {
      await providerState.as('klinky_live_cron')(LINKS, wrong);
      await providerState.mock.clock.advance(600_000);
    }
    await Promise.all(range(5).map(() => providerState.as('klinky_live_burst')(LINKS, wrong)));
    providerState.mock.faults.add({ status: 403, headers: { 'Retry-After': '2' }, times: 5 });
    for (const _ of range(6)) {
      const { told } = await providerState.as('klinky_live_told')(LINKS);
      await providerState.mock.clock.advance(told);
    }
    expect(judged(providerState)).toEqual(passed);
  });

  it('is nobody’s where nobody says who sends it', async () => {
    const providerState = await createProviderState('acrely');
    for (const _ of range(20)) await providerState.as('')('/api/v1/leads?campaignId=c1');
    expect(judged(providerState)).toEqual(notJudged);
  });
});

describe('while the server is down, a client', () => {
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'no-retry-budget');

  it('may have a few calls retry as often as they like', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503 });
    const caller = (n: number) => async () => {
      for (const wait of [500, 1_000, 2_000, 4_000, 8_000, 0]) {
        await providerState.as('klinky_live_few')(`${LINKS}/${n}`);
        await providerState.sleep(wait * (1 + n / 100));
      }
    };
    await providerState.together(...range(3).map(caller));
    expect(providerState.mock.requests()).toHaveLength(18);
    expect(judged(providerState)).toEqual(notJudged);
  });

  it.each(['one after another', 'all at once'])(
    'may stop, find it up again with one call, and go on %s',
    async (how) => {
      const providerState = await createProviderState('klinky');
      providerState.mock.faults.add({ status: 503, times: 24 });
      const send = providerState.as('klinky_live_breaker');
      await Promise.all(range(20).map((n) => send(`${LINKS}/${n}`)));
      await providerState.together(async () => {
        for (let wait = 2_000; ; wait *= 2) {
          await providerState.sleep(wait);
          if ((await send(`${LINKS}/0`)).status !== 503) break;
        }
        if (how === 'all at once') await Promise.all(range(20).map((n) => send(`${LINKS}/${n}`)));
        else for (const n of range(20)) await send(`${LINKS}/${n}`);
      });
      expect(providerState.mock.requests({ status: 503 })).toHaveLength(24);
      expect(judged(providerState)).toEqual(passed);
    },
  );

  it('may retry each call once, if that succeeds', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503, times: 30 });
    const all = () => Promise.all(range(30).map((n) => providerState.as('klinky_live_short')(`${LINKS}/${n}`)));
    await all();
    await providerState.mock.clock.advance(1_000);
    await all();
    expect(providerState.mock.requests({ status: 503 })).toHaveLength(30);
    expect(judged(providerState)).toEqual(passed);
  });

  it('may retry one call in five', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503 });
    const send = providerState.as('klinky_live_budget');
    await providerState.together(
      ...range(40).map((n) => async () => {
        await send(`${LINKS}/${n}`);
        await providerState.sleep(1_000 + 20 * n);
        if (n % 5 === 0) await send(`${LINKS}/${n}`);
      }),
    );
    expect(providerState.mock.requests()).toHaveLength(48);
    expect(judged(providerState)).toEqual(passed);
  });

  it('may retry each call where every other one succeeds', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503, match: { probability: 0.5, seed: 7 } });
    const random = randomFrom(11);
    const worker = (n: number) => async () => {
      for (const i of range(20))
        for (let wait = 200; ; wait *= 2) {
          if ((await providerState.as('klinky_live_half')(`${LINKS}/${n}.${i}`)).status !== 503) break;
          await providerState.sleep(wait * (1 + random()));
        }
    };
    await providerState.together(...range(12).map(worker));
    expect(providerState.mock.requests({ status: 503 }).length).toBeGreaterThan(200);
    expect(judged(providerState).says).toEqual([]);
  });

  it('that comes once an hour may retry each time', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503 });
    for (const n of range(24)) {
      for (const wait of [1_000, 2_000, 4_000, 3_600_000]) {
        await providerState.as('klinky_live_hourly')(`${LINKS}/${n}`);
        await providerState.mock.clock.advance(wait);
      }
    }
    expect(judged(providerState)).toEqual(notJudged);
  });
});

describe('where one write at a time is asked for, a client', () => {
  const advice = { says: 'One write at a time', pause: '1s', evidence: { level: 'assumed' } };
  const options = { set: [`advice.concurrent-writes=${JSON.stringify(advice)}`] };
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'concurrent-writes');

  it('may write one after another, with a pause, and read meanwhile', async () => {
    const providerState = await createProviderState('klinky', options);
    const send = providerState.as('klinky_live_serial');
    for (const n of range(5)) {
      await Promise.all([send(LINKS, link(`Link ${n}`)), ...range(5).map((page) => send(`${LINKS}?page=${page + 1}`))]);
      await providerState.mock.clock.advance(1_000);
    }
    expect(judged(providerState)).toEqual(passed);
  });

  it('is told apart from others by its credential and by its name', async () => {
    const providerState = await createProviderState('klinky', options);
    await Promise.all([
      providerState.as('klinky_live_one')(LINKS, link('One')),
      providerState.as('klinky_live_two')(LINKS, link('Two')),
      providerState.as('klinky_live_two')(LINKS, link('Three', { 'X-Mock429-Client': 'other' })),
    ]);
    expect(judged(providerState)).toEqual(notJudged);
  });
});

describe('a creation whose answer broke off', () => {
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'lost-or-doubled');
  const broken = async (profile: string, truncateBody = 0.5) => {
    const providerState = await createProviderState(profile);
    providerState.mock.faults.add({ truncateBody, times: 1 });
    return providerState;
  };

  it('is in the journal as such, and so are others that had no whole answer', async () => {
    const providerState = await broken('klinky');
    const send = providerState.as('klinky_live_a');
    await send(LINKS, link('Cut'));
    providerState.mock.faults.add({ drop: true, times: 1 });
    await send(LINKS);
    providerState.mock.faults.add({ truncateBody: 1_000_000, times: 1 });
    await send(LINKS);
    providerState.mock.faults.add({ delayMs: 5_000, times: 1 });
    const leaving = new AbortController();
    const left = providerState.mock.fetch(LINKS, { headers: { 'X-API-Key': 'klinky_live_a' }, signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow();
    const all = providerState.mock.requests();
    expect(all.map(({ status, broken }) => [status, broken])).toEqual([
      [201, 'cut'],
      [0, 'dropped'],
      [200, undefined],
      [0, 'gone'],
    ]);
    expect(providerState.report().profiles[0]!.figures).toMatchObject({ succeeded: 1, failed: 3 });
  });

  it('may be repeated with the same idempotency key', async () => {
    const providerState = await broken('klinky');
    for (const _ of range(2)) {
      await providerState.as('klinky_live_key')(LINKS, link('One', { 'Idempotency-Key': 'one' }));
      await providerState.mock.clock.advance(1_000);
    }
    expect(judged(providerState)).toEqual(passed);
  });

  it('may have been looked for and found', async () => {
    const providerState = await broken('klinky');
    const send = providerState.as('klinky_live_look');
    await send(LINKS, link('One'));
    await providerState.mock.clock.advance(1_000);
    await send(LINKS);
    await send(LINKS, link('Two'));
    expect(judged(providerState)).toEqual(notJudged);
  });

  it('may be one of several equal ones that were made on purpose', async () => {
    const providerState = await createProviderState('full-domination');
    providerState.mock.faults.add({ truncateBody: 0.5, match: { nth: 3 } });
    for (const _ of range(6)) {
      await providerState.as('ad_live_same')('/v1/content/draft', draft('Again'));
      await providerState.mock.clock.advance(70_000);
    }
    expect(judged(providerState)).toEqual(passed);
  });

  it('is not doubled where the provider takes it for a duplicate', async () => {
    const providerState = await broken('acrely');
    const body = { campaignId: 'k978z8ndfnqjnbxmphvf0wd59h6yrd0a', phoneNumber: '+15555551234' };
    const statuses: number[] = [];
    for (const _ of range(2)) {
      await providerState.as('sk_live_lead')('/api/v1/leads', { method: 'POST', body });
      statuses.push(providerState.mock.requests().at(-1)!.status);
      await providerState.mock.clock.advance(1_000);
    }
    expect(statuses).toEqual([201, 400]);
    expect(judged(providerState)).toEqual(passed);
  });

  it('is not doubled where it never took effect', async () => {
    const providerState = await createProviderState('full-domination');
    providerState.mock.faults.add({ drop: true, times: 1 });
    providerState.mock.faults.add({ status: 503, times: 1 });
    for (const wait of [1_000, 2_000, 0]) {
      await providerState.as('ad_live_none')('/v1/content/draft', draft('Once'));
      await providerState.mock.clock.advance(wait);
    }
    expect(judged(providerState)).toEqual(notJudged);
  });
});

describe('a write that was refused', () => {
  const useUp = (providerState: ProviderState) =>
    providerState.mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
  const judged = (providerState: ProviderState, ended = true) =>
    outcome(providerState.report({ ended }), 'lost-or-doubled');

  /** Three links are refused; after the hour the client goes on with others. */
  async function refused(providerState: ProviderState): Promise<void> {
    useUp(providerState);
    for (const n of range(3)) await providerState.as('klinky_live_lost')(LINKS, link(`Lost ${n}`));
    await providerState.mock.clock.advance(3_600_000);
    await providerState.as('klinky_live_lost')(LINKS, link('Other'));
  }

  it('is lost where its client goes on with others, which only warns', async () => {
    const providerState = await createProviderState('klinky');
    await refused(providerState);
    expect(judged(providerState)).toEqual({
      verdict: 'warn',
      says: [`never delivered POST ${LINKS}, which was refused, while it delivered others, on key klinky…st, 3 times`],
    });
    expect(judged(providerState, false)).toEqual(notJudged);
  });

  it('and one that failed although a key made it safe to try again is lost as well', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503, times: 2 });
    const send = providerState.as('klinky_live_failed');
    await send(LINKS, link('Without a key'));
    await send(LINKS, link('With a key', { 'Idempotency-Key': 'k' }));
    await send(LINKS, link('Other'));
    expect(judged(providerState).says).toEqual([
      `never delivered POST ${LINKS}, which failed, while it delivered others, on key klinky…led`,
    ]);
  });

  it('is not lost once it is delivered, be it with another key of the account', async () => {
    const providerState = await createProviderState('klinky');
    await refused(providerState);
    for (const n of range(3)) await providerState.as('klinky_live_again')(LINKS, link(`Lost ${n}`));
    expect(judged(providerState)).toEqual(passed);
  });

  it('is not lost where a call for several things may have held it', async () => {
    const providerState = await createProviderState('acrely', { set: ['policies.key-hour.quota=2'] });
    const send = providerState.as('sk_live_bulk');
    const lead = (n: number) => ({ phoneNumber: `+1555555${1_000 + n}` });
    const campaignId = 'k978z8ndfnqjnbxmphvf0wd59h6yrd0a';
    for (const n of range(4)) await send('/api/v1/leads', { method: 'POST', body: { campaignId, ...lead(n) } });
    await providerState.mock.clock.advance(7_200_000);
    await send('/api/v1/leads/bulk', { method: 'POST', body: { campaignId, leads: [lead(2), lead(3)] } });
    await send('/api/v1/leads', { method: 'POST', body: { campaignId, ...lead(9) } });
    expect(providerState.mock.requests({ status: 429 })).toHaveLength(2);
    expect(judged(providerState)).toEqual(passed);
  });

  it('is not lost by a client that has stopped', async () => {
    const providerState = await createProviderState('klinky');
    await providerState.as('klinky_live_stop')(LINKS, link('First'));
    useUp(providerState);
    await providerState.as('klinky_live_stop')(LINKS, link('Last'));
    expect(judged(providerState)).toEqual(notJudged);
  });
});

describe('a client that waits for an answer', () => {
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'no-timeout');

  interface Wait {
    readonly delayMs: number;
    /** When the client goes away. */
    readonly leaves?: number;
    /** When it is judged. */
    readonly after: number;
    readonly frozen?: boolean;
  }

  /** The timers and the machine's clock stand still until they are moved. */
  async function waiting({ delayMs, leaves, after, frozen = false }: Wait): Promise<ProviderState> {
    const providerState = await createProviderState('klinky');
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    if (!frozen) await providerState.mock.clock.resume();
    providerState.mock.faults.add({ delayMs });
    const client = new AbortController();
    const init = { headers: { 'X-API-Key': 'klinky_live_wait' }, signal: client.signal };
    providerState.mock.fetch(LINKS, init).catch(() => {});
    if (leaves !== undefined) setTimeout(() => client.abort(), leaves);
    await vi.advanceTimersByTimeAsync(after);
    return providerState;
  }

  it('is found while it still waits, and once it has waited', async () => {
    const providerState = await waiting({ delayMs: 90_000, after: 61_000 });
    expect(providerState.mock.inFlight()).toHaveLength(1);
    const says = (time: string, how: string) => ({
      verdict: 'warn',
      says: [`${how} ${time} for the answer to GET ${LINKS}, on key klinky…it`],
    });
    expect(judged(providerState)).toEqual(says('1 min 1 s', 'has been waiting for'));
    await vi.advanceTimersByTimeAsync(29_000);
    expect(providerState.mock.inFlight()).toEqual([]);
    expect(judged(providerState)).toEqual(says('1 min 30 s', 'waited'));
  });

  it('for no longer than a minute is not', async () => {
    expect((await waiting({ delayMs: 90_000, after: 59_000 })).report().profiles[0]!.findings).toEqual([]);
    expect(judged(await waiting({ delayMs: 59_000, after: 70_000 }))).toEqual(notJudged);
  });

  it('and goes away in the end has a timeout', async () => {
    expect(judged(await waiting({ delayMs: 90_000, leaves: 30_000, after: 40_000 }))).toEqual(passed);
    expect(judged(await waiting({ delayMs: 900_000, leaves: 100_000, after: 200_000 }))).toEqual(passed);
  });

  it('is not judged while the clock stands still, since somebody has to move it', async () => {
    const providerState = await waiting({ delayMs: 90_000, after: 120_000, frozen: true });
    expect(providerState.report().profiles).toEqual([]);
    await providerState.mock.clock.advance(90_000);
    expect(providerState.mock.requests({ status: 200 })).toHaveLength(1);
    expect(judged(providerState)).toEqual(notJudged);
  });
});

describe('when a window is reset, clients', () => {
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'herd-at-reset');
  const small = { set: ['policies.token-minute.quota=6'] };

  it('may come one by one, each a random moment late', async () => {
    const providerState = await createProviderState('full-domination', small);
    const random = randomFrom(5);
    const worker = (n: number) => async () => {
      await providerState.as('ad_live_spread')(`/v1/audits/aud_0${n}`);
      await providerState.sleep(60_000 + 60 + 440 * random());
      await providerState.as('ad_live_spread')(`/v1/audits/aud_1${n}`);
    };
    await providerState.together(...range(6).map(worker));
    expect(judged(providerState).says).toEqual([]);
  });

  it('may go on one after another, from the instant of the reset', async () => {
    const providerState = await createProviderState('full-domination', small);
    for (const n of range(12)) {
      if (n === 6) await providerState.mock.clock.advance(60_000);
      await providerState.as('ad_live_serial')(`/v1/audits/aud_${n}`);
    }
    expect(providerState.mock.requests({ status: 429 })).toEqual([]);
    expect(judged(providerState).says).toEqual([]);
  });

  it('may have a rhythm of their own, with plenty left', async () => {
    const providerState = await createProviderState('full-domination');
    for (const _ of range(4)) {
      await Promise.all(range(5).map((n) => providerState.as('ad_live_widgets')(`/v1/audits/aud_${n}`)));
      await providerState.mock.clock.advance(60_000);
    }
    expect(judged(providerState)).toEqual(notJudged);
  });

  it('may meet by chance, if they are few among many', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 60 });
    const program = (n: number) => async () => {
      const send = providerState.as(`klinky_live_many${n}`);
      await send(`${LINKS}/${n}`);
      await providerState.sleep(3_600_000 + 100 * n);
      await send(`${LINKS}/${n}`);
    };
    await providerState.together(...[0, 0.1, 0.2, 3, 4, 5, 6, 7].map(program));
    expect(judged(providerState)).toEqual(passed);
  });
});

describe('work that a limit had held up', () => {
  const judged = (providerState: ProviderState) => outcome(providerState.report(), 'slow-completion');
  const completion = (providerState: ProviderState) => providerState.report().profiles[0]!.figures.completion;
  const pages = (n: number) =>
    range(n).map((page) => `/api/v1/prompts?domain_id=8f1d3c0a-2f9b-4c11-9b80-7a82e1f0c3f3&page=${page + 1}`);
  const useUp = (providerState: ProviderState, key: string) =>
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key }, remaining: 0 });

  /** Eight pages are refused together; each is asked again at its time, told in ms after the refusal. */
  async function heldUp(
    key: string,
    waits: (i: number, told: number) => number,
    fault?: object,
  ): Promise<ProviderState> {
    const providerState = await createProviderState('aiclicks');
    useUp(providerState, key);
    if (fault) providerState.mock.faults.add({ ...fault, onRefusals: true, times: 8 });
    const send = providerState.as(key);
    await providerState.together(
      ...pages(8).map((path, i) => async () => {
        const { told } = await send(path);
        await providerState.sleep(waits(i, told));
        await send(path);
      }),
    );
    expect(providerState.mock.requests({ status: 429 })).toHaveLength(8);
    return providerState;
  }

  it('may be done at once, or at an even pace', async () => {
    const atOnce = await heldUp('ak_live_once', (i, told) => told + 100 * i);
    expect(judged(atOnce)).toEqual(passed);
    expect(completion(atOnce)).toEqual({ policy: 'key-minute', tookMs: 60_700, bestMs: 60_000 });
    expect(judged(await heldUp('ak_live_even', (i, told) => told + 1_000 * i))).toEqual(passed);
  });

  it('may be done as late as its client was told', async () => {
    const providerState = await heldUp('ak_live_told', (i, told) => told + 100 * i, { retryAfter: 600 });
    expect(completion(providerState)).toEqual({ policy: 'key-minute', tookMs: 600_700, bestMs: 60_000 });
    expect(judged(providerState)).toEqual(passed);
  });

  it('may be delayed by failures of the server', async () => {
    const providerState = await createProviderState('aiclicks');
    useUp(providerState, 'ak_live_bad');
    const send = providerState.as('ak_live_bad');
    const [{ told }] = (await Promise.all(pages(4).map((path) => send(path)))) as [Answer, ...Answer[]];
    providerState.mock.faults.add({ status: 503, match: { everyNth: 2 } });
    await providerState.together(async () => {
      await providerState.sleep(told);
      for (const path of pages(4)) {
        if ((await send(path)).status === 200) continue;
        await providerState.sleep(60_000);
        await send(path);
      }
    });
    expect(providerState.mock.requests({ status: 503 })).toHaveLength(3);
    expect(completion(providerState)).toEqual({ policy: 'key-minute', tookMs: 180_000, bestMs: 60_000 });
    expect(judged(providerState)).toEqual(passed);
  });

  it('is none for who asks the same again every quarter of an hour', async () => {
    const providerState = await createProviderState('aiclicks');
    for (const n of range(3)) {
      if (n === 1) useUp(providerState, 'ak_live_cron');
      for (const path of pages(5)) await providerState.as('ak_live_cron')(path);
      await providerState.mock.clock.advance(900_000);
    }
    expect(providerState.mock.requests({ status: 429 })).toHaveLength(5);
    expect(completion(providerState)).toEqual({ policy: 'key-minute', tookMs: 900_000, bestMs: 60_000 });
    expect(judged(providerState)).toEqual(passed);
  });

  it('is not judged where others use the same limit', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    const program = (key: string) => async () => {
      const paths = range(3).map((n) => `${LINKS}?page=${n + 1}`);
      await Promise.all(paths.map((path) => providerState.as(key)(path)));
      for (const path of paths) {
        await providerState.sleep(7_300_000);
        await providerState.as(key)(path);
      }
    };
    await providerState.together(program('klinky_live_a'), program('klinky_live_b'));
    expect(completion(providerState)).toMatchObject({ policy: 'account-hour' });
    expect(judged(providerState)).toEqual(notJudged);
  });

  it('is timed from the first refusal to the last admission, against what the algorithm allows', async () => {
    const providerState = await createProviderState('acrely', { set: ['policies.key-hour.quota=10'] });
    const send = providerState.as('sk_live_sliding');
    const path = (n: number) => `/api/v1/leads?campaignId=c${n}`;
    // Ten in the first hour, at an even pace; then the window slides, and lets one in every six minutes.
    for (const n of range(10)) {
      await send(path(n));
      await providerState.mock.clock.advance(360_000);
    }
    expect(providerState.now()).toBe(START + 3_600_000);
    const late: Answer[] = [];
    for (const n of range(3)) late.push(await send(path(20 + n)));
    expect(late.map(({ status }) => status)).toEqual([429, 429, 429]);
    await providerState.mock.clock.advance(3_600_000);
    for (const n of range(3)) expect((await send(path(20 + n))).status).toBe(200);
    const done = completion(providerState)!;
    expect(done.tookMs).toBe(3_600_000);
    // The window lets one in for each tenth of an hour that has passed.
    expect(done.bestMs).toBeGreaterThan(2 * 360_000);
    expect(done.bestMs).toBeLessThanOrEqual(4 * 360_000);
  });

  it('has the same time in a run that is judged piece by piece, as the worst of several', async () => {
    const providerState = await createProviderState('aiclicks', { set: ['policies.key-minute.quota=5'] });
    const send = providerState.as('ak_live_long');
    for (const wait of [61_000, 95_000, 70_000]) {
      for (const path of pages(8)) {
        const { status } = await send(path);
        if (status !== 429) continue;
        await providerState.mock.clock.advance(wait);
        await send(path);
      }
      await providerState.mock.clock.advance(600_000);
    }
    const whole = completion(providerState)!;
    expect(whole.tookMs).toBe(95_000);
    const provider = providerOf('aiclicks', { set: [{ path: 'policies.key-minute.quota', value: 5 }] });
    const judged = [judgedBy(provider)];
    const entries = providerState.mock.requests();
    const moment = { now: providerState.now(), ended: false, lost: 0 };
    const judge = new Judge();
    for (const n of range(entries.length)) if (n % 7 === 6) runAll(judge.add(entries, judged, moment, n + 1));
    expect(judge.report(entries, judged, moment).profiles[0]!.figures.completion).toEqual(whole);
  });

  it('has none where no limit held anything up, or gives back with time', async () => {
    const providerState = await createProviderState('aiclicks');
    await providerState.as('ak_live_free')('/api/v1/validate');
    expect(completion(providerState)).toBeNull();
    expect(judged(providerState)).toEqual(notJudged);
    const running = await createProviderState('prediction', { set: ['policies.key-running.quota=1'] });
    const create = (n: number) =>
      running.as('sk_live_jobs')('/v1/google/nano-banana/predictions', {
        method: 'POST',
        body: { input: { prompt: `${n}` } },
        headers: { 'Idempotency-Key': `${n}` },
      });
    await create(1);
    expect((await create(2)).status).toBe(429);
    await running.mock.clock.advance(600_000);
    expect((await create(2)).status).toBe(201);
    expect(completion(running)).toBeNull();
  });
});
