/** What a snapshot holds, and what becomes of what it does not. */

import { describe, expect, it } from 'vitest';
import { createMock } from '../../src/mock.js';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Problem } from '../../src/sandbox/control/problem.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { fromPlain, toPlain } from '../../src/sandbox/snapshot/json.js';
import { loadedProvider } from '../helpers/providers.js';
import { documented, openLab, refusal, START } from './lab.js';
import { openShop } from './shop.js';

const free = <T>(fault: T) => fault;
const text = (sandbox: Sandbox, journal = false) => JSON.stringify(sandbox.snapshot({ journal }));

function predictions(name = '') {
  const sent: { url: string; body: unknown; at: number }[] = [];
  const sandbox: Sandbox = new Sandbox(name, {
    providers: [loadedProvider('prediction')],
    plans: {},
    clock: { frozen: true, now: START },
    log: () => {},
    deliver: async (url, body) => {
      sent.push({ url, body, at: sandbox.clock.now() - START });
      return { status: 200 };
    },
  });
  const send = (method: string, path: string, body?: unknown) => {
    const headers: Record<string, string> = { authorization: 'Bearer sk_live_a', 'content-type': 'application/json' };
    const answer = sandbox.handle(
      'prediction',
      {
        method,
        path,
        rawQuery: '',
        header: (one) => headers[one.toLowerCase()],
        ip: '',
        body: ReceivedBody.of(body === undefined ? '' : JSON.stringify(body)),
        base: () => 'http://mock.localhost',
      },
      { onDone: () => {} },
    ) as Answer;
    return { status: answer.status, body: JSON.parse(String(answer.body ?? 'null')) };
  };
  const create = (webhook?: string) =>
    send('POST', '/v1/black-forest-labs/flux-kontext-max/predictions', { input: { prompt: 'x' }, webhook });
  return { sandbox, sent, send, create };
}

describe('a snapshot of running jobs', () => {
  it('has them told of their end once, in the sandbox that goes on', async () => {
    const [original, copy] = [predictions(), predictions()];
    const { job_id } = original.create('http://127.0.0.1:9/one').body;
    original.create();
    await original.sandbox.advanceClock(4_000);
    copy.sandbox.restore(original.sandbox.snapshot(), free);
    expect(text(copy.sandbox)).toBe(text(original.sandbox));
    for (const { sandbox, sent } of [original, copy]) {
      await sandbox.advanceClock(5_999);
      expect(sent).toEqual([]);
      await sandbox.advanceClock(60_000);
    }
    expect(copy.sent).toEqual(original.sent);
    expect(copy.sent).toMatchObject([
      { url: 'http://127.0.0.1:9/one', at: 10_000, body: { job_id, status: 'succeeded' } },
    ]);
    expect(text(copy.sandbox)).toBe(text(original.sandbox));
  });

  it('tells nobody again of an end that has been told', async () => {
    const [original, copy] = [predictions(), predictions()];
    original.create('http://127.0.0.1:9/one');
    await original.sandbox.advanceClock(10_000);
    await original.sandbox.setClock({ now: START });
    copy.sandbox.restore(original.sandbox.snapshot(), free);
    await copy.sandbox.advanceClock(60_000);
    expect([original.sent.length, copy.sent.length]).toEqual([1, 0]);
  });

  it('has them end when somebody says so, and told', async () => {
    const [original, copy] = [predictions(), predictions()];
    const { job_id } = original.create('http://127.0.0.1:9/one').body;
    copy.sandbox.restore(original.sandbox.snapshot(), free);
    copy.send('POST', `/v1/predictions/${job_id}/cancel`);
    await copy.sandbox.advanceClock(0);
    expect(copy.sent).toMatchObject([{ at: 0, body: { job_id, status: 'canceled' } }]);
  });

  it('has them hold their places until they end, and what is in flight none', async () => {
    const [original, copy] = [predictions(), predictions()];
    for (let i = 0; i < 4; i++) original.create();
    original.sandbox.addFault({ match: {}, times: 1, delayMs: 60_000 });
    // It waits.
    expect(original.create().status).toBeUndefined();
    expect(original.sandbox.quotas().find(({ policy }) => policy === 'key-running')).toMatchObject({ used: 5 });
    copy.sandbox.restore(original.sandbox.snapshot(), free);
    expect(copy.sandbox.quotas().find(({ policy }) => policy === 'key-running')).toMatchObject({ used: 4 });
    expect([copy.create().status, copy.create().status]).toEqual([201, 429]);
    await copy.sandbox.advanceClock(10_000);
    expect(copy.create().status).toBe(201);
  });

  it('forgets the jobs of before, and their webhooks', async () => {
    const { sandbox, sent, create } = predictions();
    const before = sandbox.snapshot();
    create('http://127.0.0.1:9/one');
    sandbox.restore(before, free);
    await sandbox.advanceClock(60_000);
    expect(sent).toEqual([]);
    expect(sandbox.jobs.list()).toEqual([]);
  });
});

describe('restoring', () => {
  const fixed = { algorithm: 'fixed-window', quota: 5, window: { length: '60s', start: 'first-request' } };
  const policies = { limit: { ...fixed, partitionBy: ['key'], refusal, evidence: documented } };

  it('ends what is in flight without an answer', async () => {
    const { sandbox, call } = openLab(policies);
    const saved = sandbox.snapshot();
    sandbox.addFault({ match: {}, delayMs: 1_000 });
    const waiting = call({ hold: () => {} });
    expect(sandbox.inFlight()).toHaveLength(1);
    sandbox.restore(saved, free);
    expect(await waiting).toMatchObject({ drop: true });
    expect([sandbox.inFlight(), sandbox.quotas(), sandbox.faults.list()]).toEqual([[], [], []]);
  });

  it('tells a request apart from one of the same name that ended with it', async () => {
    const slots = { algorithm: 'concurrency', unit: 'concurrent-requests', quota: 1, partitionBy: ['key'] };
    const { sandbox, call } = openLab({ slots: { ...slots, refusal, evidence: documented } });
    sandbox.addFault({ match: {}, delayMs: 1_000 });
    const saved = sandbox.snapshot();
    const left: (() => void)[] = [];
    const hold = (one: () => void) => left.push(one);
    const first = call({ hold });
    sandbox.restore(saved, free);
    const second = call({ hold });
    expect(await first).toMatchObject({ drop: true });
    left[0]!();
    expect(sandbox.inFlight()).toMatchObject([{ id: '1' }]);
    expect(sandbox.quotas()).toMatchObject([{ used: 1 }]);
    expect(call()).toMatchObject({ status: 429 });
    await Promise.all([sandbox.advanceClock(1_000), Promise.resolve(second).then(left[1])]);
    expect(await second).toMatchObject({ status: 200 });
    expect([sandbox.inFlight(), sandbox.quotas()]).toEqual([[], []]);
  });

  it('keeps no more buckets than there may be, and of those the ones used last', () => {
    const small = { provider: openLab(policies).provider };
    const sandbox = new Sandbox('', {
      providers: [small.provider],
      plans: {},
      clock: {},
      maxBuckets: 2,
      log: () => {},
      deliver: async () => ({ status: 200 }),
    });
    const { sandbox: large, call } = openLab(policies);
    for (const key of ['k_cccc', 'k_aaaa', 'k_bbbb']) call({ key });
    sandbox.restore(large.snapshot(), free);
    expect(sandbox.quotas().map(({ partition }) => partition)).toEqual([{ key: 'k…aa' }, { key: 'k…bb' }]);
  });

  it('tells who listens once all is there, and names requests after those of the snapshot', () => {
    const { sandbox, call } = openLab(policies);
    call();
    call();
    const saved = sandbox.snapshot({ journal: true });
    call();
    const heard: unknown[] = [];
    sandbox.events.on('reset', ({ data }) => heard.push([data, sandbox.quotas()[0]!.used, sandbox.requests().length]));
    sandbox.restore(saved, free);
    expect(heard).toEqual([[{ clock: true, accounts: true }, 2, 2]]);
    call();
    expect(sandbox.requests().map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('empties the journal where the snapshot has none', () => {
    const { sandbox, call } = openLab(policies);
    call();
    sandbox.restore(sandbox.snapshot(), free);
    expect(sandbox.requests()).toEqual([]);
  });

  it('brings back accounts, keys, faults and how far they are used up', () => {
    const [one, other] = [openLab(policies), openLab(policies)];
    one.sandbox.setAccount('lab', 'acme', { plan: 'unlimited', keys: ['k_z', 'k_a'], quotas: { limit: 2 } });
    const fault = { match: { everyNth: 2 }, times: 2, status: 503, headers: { B: 'b', A: 'a' }, body: { z: 1, a: 2 } };
    one.sandbox.addFault({ ...fault, expiresInMs: 90_000 });
    const statuses = (lab: typeof one) => [1, 2, 3].map(() => lab.call({ key: 'k_b' }).status);
    expect(statuses(one)).toEqual([200, 503, 200]);
    other.sandbox.restore(JSON.parse(text(one.sandbox)), free);
    expect(text(other.sandbox)).toBe(text(one.sandbox));
    expect(other.sandbox.accounts('lab')).toEqual(one.sandbox.accounts('lab'));
    expect(other.call({ key: 'k_b' })).toMatchObject({ status: 503, body: '{"z":1,"a":2}' });
    expect(other.sandbox.faults.list()).toEqual([]);
    expect(other.sandbox.addFault({ match: {} }).id).toBe('fault-2');
    expect([other.call(), other.call(), other.call()].map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it('has a profile begin anew that the snapshot does not speak of', () => {
    const { sandbox, call } = openLab(policies);
    sandbox.setAccount('lab', 'acme', {});
    call();
    sandbox.restore({ ...sandbox.snapshot(), profiles: {} }, free);
    expect([sandbox.quotas(), sandbox.accounts('lab').map(({ id }) => id)]).toEqual([[], ['home']]);
  });

  it('keeps the order of use, also of keys that look like numbers', () => {
    const { sandbox, call } = openLab(policies);
    for (const key of ['k_b', 'k_10', 'k_2', 'k_a', 'k_b']) call({ key });
    const numbers = openLab({ limit: { ...policies.limit, partitionBy: ['header.x-key'], absent: 'skip' } });
    expect(Object.keys(sandbox.snapshot().profiles['lab']!.counters)).toEqual(['limit']);
    for (const lab of [{ sandbox }, numbers]) {
      for (const key of ['k_9', 'k_1']) numbers.call({ key });
      const saved = text(lab.sandbox);
      lab.sandbox.restore(JSON.parse(saved), free);
      expect(text(lab.sandbox)).toBe(saved);
    }
    const partitions = sandbox.snapshot().profiles['lab']!.counters['limit']!.buckets.map(([partition]) => partition);
    expect(partitions).toEqual(['k_10', 'k_2', 'k_a', 'k_b']);
  });

  it('keeps who has a key that several items share', () => {
    const [one, other] = [openShop(), openShop()];
    one.call('POST', '/people', { ref: 'x', phone: '1' });
    one.call('POST', '/people', { ref: 'x', phone: '2' });
    other.sandbox.restore(JSON.parse(text(one.sandbox)), free);
    expect(text(other.sandbox)).toBe(text(one.sandbox));
    const remove = (shop: typeof one) => shop.call('DELETE', '/people?ref=x').body;
    expect(remove(other)).toEqual(remove(one));
    expect(remove(other)).toEqual(remove(one));
  });
});

describe('the clock of a snapshot', () => {
  const policies = {
    limit: {
      algorithm: 'sliding-log',
      quota: 5,
      window: { length: '60s', start: 'first-request' },
      partitionBy: ['key'],
      refusal,
      evidence: documented,
    },
  };

  it('stands still where it stood', async () => {
    const { sandbox } = openLab(policies);
    await sandbox.advanceClock(1_234);
    const saved = sandbox.snapshot();
    await sandbox.setClock({ frozen: false, rate: 60 });
    sandbox.restore(saved, free);
    expect(sandbox.clock.read()).toMatchObject({ epochMs: START + 1_234, mode: 'frozen', rate: 1 });
  });

  it('goes by the machine again, or runs as if it had run all the while', async () => {
    const running = new Sandbox('', {
      providers: [],
      plans: {},
      clock: {},
      log: () => {},
      deliver: async () => ({ status: 200 }),
    });
    const saved = running.snapshot();
    expect(saved.clock).toEqual({ mode: 'system', now: null, realNow: null, rate: 1 });
    await running.setClock({ now: START, rate: 60 });
    const moved = running.snapshot();
    running.restore(saved, free);
    expect(running.clock.read().mode).toBe('system');
    running.restore({ ...moved, clock: { ...moved.clock, realNow: moved.clock.realNow! - 1_000 } }, free);
    expect(running.clock.now()).toBeGreaterThanOrEqual(START + 60_000);
    running.restore(moved, free);
    expect(JSON.stringify(running.snapshot())).toBe(JSON.stringify(moved));
  });
});

describe('numbers that JSON cannot write', () => {
  it('are kept in what a client has sent', () => {
    const value = {
      a: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5],
      $number: 'x',
      $map: { $number: 1 },
      nothing: null,
      ['__proto__']: { b: 1 },
    };
    const plain = JSON.parse(JSON.stringify(toPlain(value)));
    expect(fromPlain(plain)).toEqual(value);
    expect(Object.keys(fromPlain(plain) as object)).toEqual(Object.keys(value));
    expect(toPlain({ $number: 'Infinity' })).toEqual({ $map: { $number: 'Infinity' } });
    expect(fromPlain(toPlain({ $number: 'Infinity' }))).toEqual({ $number: 'Infinity' });
    expect(toPlain({ $number: 'Infinity', more: 1 })).toEqual({ $map: { $number: 'Infinity', more: 1 } });
  });
});

describe('values that are nested too deep for the stack', () => {
  const nested = (levels: number) => {
    let value: unknown = 'core';
    for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { $map: value };
    return value;
  };

  it('are cut, and can be written, read and walked', () => {
    const text = JSON.stringify(toPlain({ kept: 1, deep: nested(100_000) }));
    expect(text).not.toContain('core');
    const back = fromPlain(JSON.parse(text)) as { kept: number };
    expect(back.kept).toBe(1);
    expect(JSON.stringify(toPlain(back))).toBe(text);
  });

  it('are whole as long as they can be', () => {
    expect(fromPlain(toPlain(nested(1_000)))).toEqual(nested(1_000));
    expect(JSON.stringify(toPlain(nested(1_001)))).not.toContain('core');
  });
});

describe('a snapshot that does not fit', () => {
  const policies = {
    limit: {
      algorithm: 'fixed-window',
      quota: 5,
      window: { length: '60s', start: 'first-request' },
      partitionBy: ['key'],
      refusal,
      evidence: documented,
    },
    both: {
      algorithm: 'sliding-log',
      quota: 50,
      window: { length: '60s', start: 'first-request' },
      partitionBy: ['key', 'account'],
      refusal,
      evidence: documented,
    },
  };

  type Path = readonly (string | number)[];
  const lab = ['profiles', 'lab'];
  const bucket = [...lab, 'counters', 'limit', 'buckets', 0];
  const both = [...lab, 'counters', 'both', 'buckets', 0];

  it.each<[Path, unknown, string, RegExp?]>([
    [['format'], 'other', 'not-a-snapshot', /GET \/snapshot/],
    [['version'], 2, 'newer-version', /newer mock429/],
    [['version'], 'x', 'bad-version'],
    [['clock', 'mode'], 'broken', 'bad-snapshot', /system or frozen or offset/],
    [['clock', 'now'], null, 'bad-snapshot', /give it/],
    [['clock', 'realNow'], 5, 'bad-snapshot'],
    [['clock', 'rate'], -1, 'bad-snapshot'],
    [['clock', 'now'], 8e15, 'clock-out-of-range'],
    [['clock', 'extra'], 1, 'unknown-key'],
    [['requests'], -1, 'bad-snapshot'],
    [['faults', 'list'], {}, 'bad-snapshot', /a list/],
    [['faults', 'list', 0], { match: {} }, 'bad-snapshot'],
    [['profiles', 'lbo'], {}, 'unknown-profile', /"lab"/],
    [[...lab, 'accounts', 0, 'plan'], 'basik', 'unknown-plan', /"basic"/],
    [[...lab, 'accounts', 0, 'quotas'], { limt: 1 }, 'unknown-policy', /"limit"/],
    [[...lab, 'accounts', 0, 'quotas'], { limit: -1 }, 'bad-snapshot'],
    [[...lab, 'accounts', 0, 'keys'], [1], 'bad-snapshot'],
    [[...lab, 'counters', 'limt'], {}, 'unknown-policy', /"limit"/],
    [[...lab, 'counters', 'limit', 'counts', 'scale'], 100, 'counts-otherwise', /variants/],
    [[...bucket, 1], [1], 'bad-snapshot', /fixed-window/],
    [[...bucket, 1], [1, -1], 'bad-snapshot'],
    [[...bucket, 1], 'x', 'bad-snapshot'],
    [bucket, ['k'], 'bad-snapshot', /list of 2/],
    [[...both, 0], 'k_a', 'bad-snapshot', /key and account/],
    [[...both, 0], '["k_a"]', 'bad-snapshot'],
    [[...both, 1], [2, 1], 'bad-snapshot'],
    [[...lab, 'resources', 'collections', 'things'], [], 'unknown-collection'],
    [[...lab, 'resources', 'serial'], 'x', 'bad-snapshot'],
    [[...lab, 'cache'], [['x', { status: 700, storedAt: 1, fingerprint: '' }]], 'bad-snapshot'],
    [[...lab, 'ids'], [1], 'bad-snapshot'],
    [[...lab, 'warned'], undefined, 'missing-value'],
    [['journal', 0, 'status'], 'x', 'bad-snapshot'],
    [['journal', 0, 'profile'], 'lbo', 'unknown-profile'],
  ])('at %j is refused, and nothing has changed', (path, value, code, detail = /;/) => {
    const { sandbox, call } = openLab(policies);
    call();
    const snapshot = JSON.parse(text(sandbox, true));
    const place = path.slice(0, -1).reduce((at, key) => at[key], snapshot);
    if (value === undefined) delete place[path.at(-1)!];
    else place[path.at(-1)!] = value;
    sandbox.addFault({ match: {}, status: 503 });
    call();
    const before = [text(sandbox, true), sandbox.clock.read()];
    let problem: Problem | undefined;
    try {
      sandbox.restore(snapshot, free);
    } catch (error) {
      problem = error as Problem;
    }
    expect(problem).toMatchObject({ name: 'Problem', status: 400, code, detail: expect.stringMatching(detail) });
    expect(problem!.field).toMatch(new RegExp(`^${path.join('\\.')}`));
    expect([text(sandbox, true), sandbox.clock.read()]).toEqual(before);
  });

  it.each([undefined, null, 7, 'text', []])('%j is none', (value) => {
    const { sandbox } = openLab(policies);
    expect(() => sandbox.restore(value, free)).toThrow(/this is not a snapshot/);
  });
});

it('is a call of the mock in a program, faults checked', async () => {
  const mock = await createMock({ profile: 'klinky', clock: 'frozen' });
  await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
  mock.faults.add({ match: {}, times: 1, status: 503 });
  const saved = mock.snapshot({ journal: true });
  const other = mock.sandbox('t1');
  other.restore(saved);
  expect(other.snapshot({ journal: true })).toEqual(saved);
  expect(other.requests()).toHaveLength(1);
  const fault = { ...saved.faults.list[0]!, status: 999 };
  const bad = { ...saved, faults: { made: 1, list: [fault] } };
  expect(() => other.restore(bad)).toThrow(
    expect.objectContaining({ code: 'bad-fault', field: 'faults.list.0.status' }) as Error,
  );
  await mock.close();
});
