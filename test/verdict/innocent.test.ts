/** What looks like an offence and is none. */
import { afterEach, describe, expect, it } from 'vitest';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import { judge } from '../../src/verdict/judge.js';
import { providerOf } from '../helpers/providers.js';
import { politeClient, randomFrom } from './polite.js';
import { closeWorlds, createProviderState, findings, type ProviderState, START } from './world.js';

afterEach(closeWorlds);

const LINKS = '/api/v1/public/links';
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Nobody said that it is over: who has not come back yet may still. */
function found(providerState: ProviderState) {
  return findings(providerState.report({}));
}

function leave(providerState: ProviderState, remaining: number): void {
  providerState.mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining });
}

describe('requests that were sent before any answer was known', () => {
  it('are no retries, however many are refused', async () => {
    const providerState = await createProviderState('aiclicks');
    const send = providerState.as('ak_live_a');
    await Promise.all(range(200).map(() => send('/api/v1/validate')));
    expect(providerState.mock.requests({ status: 429 })).toHaveLength(140);
    expect(found(providerState)).toEqual({});
  });

  it('are no retries when they fail', async () => {
    const providerState = await createProviderState('klinky');
    providerState.mock.faults.add({ status: 503 });
    await Promise.all(
      range(20).map((n) =>
        providerState.as('klinky_live_a')(LINKS, { method: n % 2 ? 'POST' : 'GET', body: n % 2 ? {} : undefined }),
      ),
    );
    expect(found(providerState)).toEqual({});
  });

  it('may be alike and go on being sent by many at once, while one waits for its turn to try again', async () => {
    const providerState = await createProviderState('prediction');
    const random = randomFrom(3);
    providerState.mock.faults.add({ status: 503, match: { everyNth: 5 } });
    const worker = () => async () => {
      for (let i = 0; i < 6; i++) {
        for (let wait = 1_000; ; wait *= 2) {
          if ((await providerState.as('sk_live_a')('/v1/account')).status === 200) break;
          await providerState.sleep(wait * (1 + random()));
        }
        await providerState.sleep(300 * random());
      }
    };
    await providerState.together(...range(8).map(worker));
    expect(found(providerState)).toEqual({});
  });
});

describe('two callers at one bucket', () => {
  it('do not know what the other was told', async () => {
    const providerState = await createProviderState('klinky');
    leave(providerState, 0);
    for (const key of ['a', 'b', 'c', 'd', 'e']) await providerState.as(`klinky_live_${key}`)(LINKS);
    expect(found(providerState)).toEqual({});
  });

  it('may have credentials that look alike once they are masked', async () => {
    const providerState = await createProviderState('klinky');
    leave(providerState, 0);
    const keys = range(5).map((n) => `klinky_live_long${n}same`);
    for (const key of keys) await providerState.as(key)(LINKS);
    expect(found(providerState)).toEqual({});
    // And are accused one by one.
    for (const key of keys.slice(0, 2)) await providerState.as(key)(LINKS);
    expect(providerState.report({}).profiles[0]!.findings).toMatchObject([
      { caller: 'key klinky…same', times: 1 },
      { caller: 'key klinky…same', times: 1 },
    ]);
  });
});

describe('a client that comes back', () => {
  const refusedAt = async (profile: string, path: string, key: string, late: number) => {
    const providerState = await createProviderState(profile, { clock: { now: START + 12_345, frozen: true } });
    const send = providerState.as(key);
    const policy = profile === 'klinky' ? 'account-hour' : 'key-minute';
    providerState.mock.setQuota({
      policy,
      partition: profile === 'klinky' ? { account: 'default' } : { key },
      remaining: 0,
    });
    await providerState.mock.clock.advance(777);
    const answer = await send(path);
    expect(answer.status).toBe(429);
    await providerState.mock.clock.advance(late + answer.told);
    return { providerState, answer, again: () => send(path) };
  };

  it.each([
    ['aiclicks', '/api/v1/domains', 'ak_live_a'],
    ['klinky', LINKS, 'klinky_live_a'],
    ['prediction', '/v1/account', 'sk_live_a'],
  ] as const)('to %s on time to the millisecond is not early', async (profile, path, key) => {
    const { providerState, again } = await refusedAt(profile, path, key, 0);
    expect((await again()).status).toBe(200);
    expect(found(providerState)).toEqual({});
  });

  it('a millisecond before the reset is', async () => {
    const { providerState, again } = await refusedAt('aiclicks', '/api/v1/domains', 'ak_live_a', -778);
    expect((await again()).status).toBe(429);
    expect(found(providerState)).toEqual({
      'retry-too-early': 'came back 59.2 s after being told to wait 1 min, on key ak_…',
    });
  });

  it('by the reset that the refusal told is not early, though Retry-After was rounded up', async () => {
    const { providerState, again } = await refusedAt('aiclicks', '/api/v1/domains', 'ak_live_a', -777);
    expect((await again()).status).toBe(200);
    expect(found(providerState)).toEqual({});
  });

  it('with jitter on top of Retry-After is neither early nor late', async () => {
    const { providerState, again } = await refusedAt('klinky', LINKS, 'klinky_live_a', 500);
    await again();
    expect(found(providerState)).toEqual({});
  });

  it('to a clock that has been set back meanwhile is not judged by it', async () => {
    const { providerState, again } = await refusedAt('aiclicks', '/api/v1/validate', 'ak_live_a', -30_000);
    await providerState.mock.clock.set({ now: START - 3_600_000 });
    for (const _ of range(3)) {
      await again();
      await providerState.mock.clock.advance('1s');
    }
    await providerState.mock.clock.set({ now: START + 30_000 });
    await again();
    expect(Object.keys(found(providerState))).toEqual([]);
  });

  it('and is let in, be it early, may go on', async () => {
    const { providerState, again } = await refusedAt('prediction', '/v1/account', 'sk_live_a', -10_000);
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'sk_live_a' }, remaining: 30 });
    for (const _ of range(5)) await again();
    expect(providerState.report({}).profiles[0]!.findings).toMatchObject([{ check: 'retry-too-early', times: 1 }]);
  });
});

describe('limits that give back little by little', () => {
  it('let in whoever keeps to their pace, though nothing seems left', async () => {
    const providerState = await createProviderState('acrely', { set: ['policies.key-hour.quota=60'] });
    const send = providerState.as('sk_live_paced');
    for (const n of range(240)) {
      await send(`/api/v1/leads?campaignId=c${n}`);
      await providerState.mock.clock.advance(61_000);
    }
    const { figures } = providerState.report({}).profiles[0]!;
    expect(figures.refused).toBe(0);
    expect(providerState.mock.requests().filter(({ told }) => told[0]?.remaining === 0).length).toBeGreaterThan(1);
    expect(found(providerState)).toEqual({});
  });

  it('are kept to by the log as well', async () => {
    const providerState = await createProviderState('klinky', {
      variant: 'sliding-hour',
      set: ['policies.account-hour.quota=10'],
    });
    const send = providerState.as('klinky_live_log');
    for (const n of range(60)) {
      const { told } = await send(`${LINKS}/${n}`);
      await providerState.mock.clock.advance(told > 0 ? told : 360_000);
    }
    expect(found(providerState)).toEqual({});
  });
});

describe('a Retry-After that a fault has changed', () => {
  const tries = async (fault: object, waits: (answer: { told: number; headers: Headers }, now: number) => number) => {
    const providerState = await createProviderState('aiclicks');
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_a' }, remaining: 0 });
    providerState.mock.faults.add({ ...fault, onRefusals: true, times: 4 });
    for (const _ of range(6)) {
      const answer = await providerState.as('ak_live_a')('/api/v1/validate');
      await providerState.mock.clock.advance(answer.status === 429 ? waits(answer, providerState.now()) : 60_000);
    }
    expect(providerState.mock.requests({ status: 429 }).length).toBeGreaterThan(0);
    return found(providerState);
  };

  it('into a date is kept to by the date', async () => {
    const until = ({ headers }: { headers: Headers }, now: number) => Date.parse(headers.get('Retry-After')!) - now;
    expect(await tries({ retryAfter: 'http-date' }, until)).toEqual({});
  });

  it('into 0 is kept to by coming at once', async () => {
    expect(await tries({ retryAfter: 0 }, ({ told }) => told)).toEqual({});
  });

  it('into decimals is kept to by them', async () => {
    const fault = { status: 429, headers: { 'Retry-After': '2.5' } };
    expect(await tries(fault, ({ told }) => told)).toEqual({});
  });

  it('away leaves the reset to be early for', async () => {
    const found = await tries({ retryAfter: 'missing' }, ({ told }) => told || 20_000);
    expect(Object.keys(found)).toEqual(['retry-too-early']);
  });

  it('away, and the reset as well, leaves nothing to be early for', async () => {
    const fault = { retryAfter: 'missing', headers: { 'X-RateLimit-Reset': 'soon' } };
    expect(await tries(fault, ({ told }) => told || 20_000)).toEqual({});
  });
});

describe('waits between failures', () => {
  const retries = async (waits: readonly number[], statuses: readonly number[] = waits.map(() => 503)) => {
    const providerState = await createProviderState('aiclicks');
    for (const status of statuses) providerState.mock.faults.add({ status, times: 1 });
    for (const wait of [...waits, 0]) {
      await providerState.as('ak_live_a')('/api/v1/domains');
      await providerState.mock.clock.advance(wait);
    }
    return { providerState, all: providerState.mock.requests() };
  };

  it.each([
    [[1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]],
    [[0, 200, 400, 800]],
    [[300, 690, 1_400]],
    [[1_700, 30, 2_900]],
  ])('that grow are good: %j', async (waits) => {
    expect(found((await retries(waits)).providerState)).toEqual({});
  });

  it('that had grown before the journal began are not equal from the first on', async () => {
    const { all } = await retries([1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
    const judged = [judgedBy(providerOf('aiclicks'))];
    for (const lost of range(all.length))
      expect(findings(judge(all.slice(lost), judged, { now: START, ended: false, lost }))).toEqual({});
  });

  it('at random may be none once', async () => {
    const { providerState } = await retries([1_500]);
    providerState.mock.faults.add({ status: 503, times: 1 });
    for (const _ of range(2)) await providerState.as('ak_live_a')('/api/v1/validate');
    expect(found(providerState)).toEqual({});
  });

  it('after a refusal and after a failure may be told apart', async () => {
    const { providerState } = await retries([1_000, 2_000, 2_400, 4_000], [503, 503, 429, 503]);
    expect(found(providerState)).toEqual({});
  });
});

describe('reads', () => {
  it('with the entity tag, by HEAD, and of other things are none that were missed', async () => {
    const providerState = await createProviderState('full-domination');
    const send = providerState.as('ad_live_a');
    const { headers } = await send('/v1/audits?limit=100');
    for (const _ of range(5)) {
      const again = await send('/v1/audits?limit=100', { headers: { 'If-None-Match': headers.get('ETag')! } });
      expect(again.status).toBe(304);
    }
    await send('/v1/audits?limit=100', { method: 'HEAD' });
    await send('/v1/companies');
    expect(found(providerState)).toEqual({});
  });

  it('of an operation that the profile excepts need no entity tag', async () => {
    const providerState = await createProviderState('github');
    const headers = { Authorization: 'Bearer ghp_a', 'User-Agent': 'client' };
    const read = async (path: string) => {
      const { status, headers: answered } = await providerState.mock.fetch(path, { headers });
      expect([status, answered.has('ETag')]).toEqual([200, true]);
      await providerState.mock.clock.advance(1_000);
    };
    for (const _ of range(3)) await read('/rate_limit');
    expect(found(providerState)).toEqual({});
    for (const _ of range(2)) await read('/repos/octocat/hello-world/issues');
    expect(Object.keys(found(providerState))).toEqual(['missed-304']);
  });

  it('after a change, whoever is not sure that there was none, are no waste of a cache', async () => {
    const providerState = await createProviderState('klinky');
    const send = providerState.as('klinky_live_a');
    await send(LINKS);
    await send(`${LINKS}/550e8400-e29b-41d4-a716-446655440000`, { method: 'PUT', body: { name: 'x' } });
    await send(`${LINKS}/550e8400-e29b-41d4-a716-446655440000`, { method: 'PATCH', body: { name: 'x' } });
    const changed = providerState.mock.requests({ status: 200 }).some(({ method }) => method !== 'GET');
    expect(changed).toBe(true);
    await send(LINKS);
    providerState.mock.faults.add({ drop: true, match: { method: 'DELETE' }, times: 1 });
    await send(`${LINKS}/550e8400-e29b-41d4-a716-446655440000`, { method: 'DELETE' });
    await send(LINKS);
    expect(found(providerState)).toEqual({});
  });

  it('of the first page, named or not, are no walk', async () => {
    const providerState = await createProviderState('klinky');
    await providerState.as('klinky_live_a')(LINKS);
    await providerState.as('klinky_live_a')(`${LINKS}?page=1`);
    expect(found(providerState)).toEqual({});
  });

  it('of several predictions in turn are as many polls of each as there are', async () => {
    const providerState = await createProviderState('prediction');
    for (const _ of range(8)) {
      for (const n of range(5)) await providerState.as('sk_live_a')(`/v1/predictions/pred_${n}`);
      await providerState.mock.clock.advance(1_000);
    }
    expect(found(providerState)).toEqual({});
  });
});

describe('a provider whose durations are compressed', () => {
  it('is waited for as its headers say, by a client whose own times are as ever', async () => {
    const providerState = await createProviderState('prediction', { compress: 60 });
    const send = providerState.as('sk_live_a');
    for (const n of range(200)) {
      const { told } = await send(`/v1/files/file_${n}`);
      if (told > 0) await providerState.mock.clock.advance(told + 200);
    }
    for (const _ of range(20)) {
      await send('/v1/predictions/pred_1');
      await providerState.mock.clock.advance(1_000);
    }
    expect(providerState.mock.requests({ status: 429 }).length).toBeGreaterThan(1);
    // It went on until it was refused, which is all that there is to say.
    expect(Object.keys(found(providerState))).toEqual(['ignored-remaining']);
  });
});

describe('requests without a credential', () => {
  it('that are turned away are nobody’s retries', async () => {
    const providerState = await createProviderState('acrely');
    for (const _ of range(20)) await providerState.as('')('/api/v1/leads?campaignId=c1');
    expect(providerState.mock.requests({ status: 401 })).toHaveLength(20);
    expect(found(providerState)).toEqual({});
  });

  it('are told apart by address where the provider does so', async () => {
    const providerState = await createProviderState('acrely');
    for (const _ of range(61)) await providerState.as('')('/api/health');
    await providerState.mock.clock.advance(500);
    await providerState.as('')('/api/health');
    expect(found(providerState)).toMatchObject({
      'retry-too-early': expect.stringMatching(/^came back 500 ms after being told to wait .* s, on ip 127\.0\.0\.1$/),
    });
  });
});

describe('limits on what runs at the same time', () => {
  const create = (n: number) => ({
    method: 'POST',
    body: { input: { prompt: `Banana ${n}` } },
    headers: { 'Idempotency-Key': `${n}` },
  });
  const PATH = '/v1/google/nano-banana/predictions';

  it('may have room for less than was refused', async () => {
    const providerState = await createProviderState('prediction');
    const send = providerState.as('sk_live_a');
    const batch = (n: number) => ({
      method: 'POST',
      body: { predictions: range(n).map(() => ({ owner: 'google', model: 'nano-banana', input: { prompt: `${n}` } })) },
    });
    expect((await send('/v1/predictions/batch', batch(3))).status).toBe(201);
    expect((await send('/v1/predictions/batch', batch(4))).status).toBe(429);
    expect((await send(PATH, create(1))).status).toBe(201);
    expect(found(providerState)).toEqual({});
    // But not for as much.
    await providerState.mock.clock.advance(1_000);
    await send('/v1/predictions/batch', batch(4));
    expect(found(providerState)).toEqual({
      'retry-too-early': 'came back 1 s after being told to wait 10 s, on key sk_…',
    });
  });

  it('have room again for whoever makes it', async () => {
    const providerState = await createProviderState('prediction');
    const send = providerState.as('sk_live_a');
    const predictions = range(5).map((n) => ({ owner: 'google', model: 'nano-banana', input: { prompt: `${n}` } }));
    const { body } = await send('/v1/predictions/batch', { method: 'POST', body: { predictions } });
    expect((await send(PATH, create(9))).status).toBe(429);
    await providerState.mock.clock.advance(2_000);
    await send(`/v1/predictions/${body.predictions[0].job_id}/cancel`, { method: 'POST' });
    expect((await send(PATH, create(9))).status).toBe(201);
    expect(found(providerState)).toEqual({});
  });

  it('let others of a queue go on as places become free', async () => {
    const providerState = await createProviderState('full-domination', { set: ['policies.token-in-flight.quota=2'] });
    const send = providerState.as('ad_live_a');
    providerState.mock.faults.add({ delayMs: 300, times: 2 });
    const slow = [send('/v1/audits/aud_01'), send('/v1/audits/aud_02')];
    expect((await send('/v1/audits/aud_03')).told).toBe(1_000);
    await providerState.mock.clock.advance(300);
    await Promise.all(slow);
    expect((await send('/v1/audits/aud_04')).status).toBe(200);
    expect(found(providerState)).toEqual({});
    // What was refused itself has to wait.
    await send('/v1/audits/aud_03');
    expect(found(providerState)).toEqual({
      'retry-too-early': 'came back 300 ms after being told to wait 1 s, on token ad_…',
    });
  });
});

describe('programs of one account with a key each', () => {
  it('spread nothing while each goes about its own work, though one alone might not do so much', async () => {
    const providerState = await createProviderState('prediction');
    const program = (name: string, every: number, random: () => number) => async () => {
      for (const n of range(45)) {
        await providerState.as(`sk_live_${name}`)(n % 3 === 0 ? '/v1/account' : `/v1/predictions/${name}`);
        await providerState.sleep(every * (0.5 + random()));
      }
    };
    await providerState.together(program('one', 1_300, randomFrom(1)), program('two', 1_200, randomFrom(2)));
    expect(found(providerState)).not.toHaveProperty('key-spreading');
    expect(found(providerState)).not.toHaveProperty('gave-up');
  });

  it('may be of the same kind, the one begun when the other had used up its minute', async () => {
    const providerState = await createProviderState('prediction', { set: ['policies.key-minute.quota=6'] });
    for (const key of ['sk_live_one', 'sk_live_two'])
      for (const n of range(6)) await providerState.as(key)(`/v1/files/file_${n}`);
    expect(found(providerState)).toEqual({});
  });

  it('may belong to different accounts', async () => {
    const providerState = await createProviderState('prediction', { set: ['policies.key-minute.quota=6'] });
    providerState.mock.setAccount('prediction', 'other', { keys: ['sk_live_two'] });
    for (const n of range(12)) await providerState.as(n % 2 ? 'sk_live_two' : 'sk_live_one')(`/v1/files/file_${n}`);
    await providerState.as('sk_live_one')('/v1/account');
    await providerState.as('sk_live_two')('/v1/account');
    expect(found(providerState)).not.toHaveProperty('key-spreading');
  });

  it('may ask the same without having it from each other', async () => {
    const providerState = await createProviderState('prediction');
    const [one, two] = [providerState.as('sk_live_one'), providerState.as('sk_live_two')];
    await two('/v1/account');
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'sk_live_one' }, remaining: 0 });
    await one('/v1/account');
    await one('/v1/account/balance');
    await two('/v1/account');
    await two('/v1/account/balance');
    // It waits and asks for itself.
    await providerState.mock.clock.advance(60_000);
    await one('/v1/account/balance');
    await one('/v1/account');
    // It went on with the balance while it should have waited; both calls then came when they were told to.
    expect(found(providerState)).toEqual({ uncoordinated: expect.any(String) });
  });
});

describe('who asks now and then', () => {
  it('has not waited since the last time', async () => {
    const providerState = await createProviderState('prediction');
    const quarter = async () => {
      await providerState.as('sk_live_cron')('/v1/account');
      await providerState.mock.clock.advance(900_000);
    };
    await quarter();
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'sk_live_cron' }, remaining: 0 });
    await quarter();
    await quarter();
    expect(providerState.mock.requests().map(({ status }) => status)).toEqual([200, 429, 200]);
    expect(found(providerState)).toEqual({});
  });

  it('makes one thing at a time', async () => {
    const providerState = await createProviderState('acrely');
    for (const n of range(20)) {
      const body = { campaignId: 'c1', phoneNumber: `+1555555${1_000 + n}` };
      await providerState.as('sk_live_web')('/api/v1/leads', { method: 'POST', body });
      await providerState.mock.clock.advance(20_000);
    }
    expect(found(providerState)).toEqual({});
  });

  it('need not come back for what would never be let in', async () => {
    const providerState = await createProviderState('prediction', { set: ['policies.key-day-spend.quota=0.1'] });
    const body = { input: { prompt: 'A banana' } };
    const path = '/v1/google/nano-banana/predictions';
    for (const n of range(3)) {
      await providerState.as('sk_live_poor')(path, { method: 'POST', body, headers: { 'Idempotency-Key': `${n}` } });
      await providerState.mock.clock.advance(2_000);
    }
    expect(providerState.mock.requests().map(({ status }) => status)).toEqual([201, 201, 402]);
    expect(findings(providerState.report())).toEqual({});
  });
});

it('a polite client is innocent in whatever part of its journal is left', async () => {
  const providerState = await createProviderState('klinky', { set: ['policies.account-hour.quota=12'] });
  const ask = politeClient(providerState, 'klinky_live_polite');
  providerState.mock.faults.add({ status: 503, match: { everyNth: 3 } });
  await providerState.together(
    ...range(3).map((worker) => async () => {
      for (const n of range(10)) await ask(`${LINKS}/${worker}.${n}`);
    }),
  );
  const all = providerState.mock.requests();
  const judged = [
    judgedBy(
      providerState.mock.profiles.map((id) =>
        providerOf(id, { set: [{ path: 'policies.account-hour.quota', value: 12 }] }),
      )[0]!,
    ),
  ];
  expect(all.length).toBeGreaterThan(40);
  for (const lost of range(all.length))
    expect(findings(judge(all.slice(lost), judged, { now: providerState.now(), ended: true, lost }))).toEqual({});
});
