/** Jobs as the control plane sees, ends and arranges them: the same in-process and over a socket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { closeMocks, type Reached, reach, WAYS } from '../helpers/ways.js';

const KEY = 'sk_live_aaaabbbb';
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

async function create({ send }: Reached, more: object = {}): Promise<{ status: number; id: string }> {
  const body = JSON.stringify({ input: { prompt: 'A serene Japanese garden' }, ...more });
  const path = '/v1/black-forest-labs/flux-kontext-max/predictions';
  const response = await send(path, { method: 'POST', headers, body });
  return { status: response.status, id: ((await response.json()) as { job_id: string }).job_id };
}

async function status({ send }: Reached, id: string): Promise<string> {
  const response = await send(`/v1/predictions/${id}`, { headers });
  return ((await response.json()) as { status: string }).status;
}

/** Hears webhooks. */
async function listener() {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    heard.push(JSON.parse(text).status);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => server.close());
  return { heard, webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/done` };
}
const servers: (() => void)[] = [];

afterEach(async () => {
  await closeMocks();
  for (const close of servers.splice(0)) close();
});

describe.each(WAYS)('%s', (way) => {
  const start = () => reach(way, { profile: 'prediction' });
  const update = async ({ control, mock }: Reached, id: string, change: object) =>
    way === 'in-process' ? mock.jobs.set(id, change) : (await control('PUT', `/jobs/${id}`, change)).body;

  test('are listed with how they stand and what they hold', async () => {
    const reached = await start();
    expect(reached.mock.jobs.list()).toEqual([]);
    const [first, second] = [await create(reached), await create(reached)];
    await reached.mock.clock.advance('4s');
    const running = {
      id: first.id,
      profile: 'prediction',
      collection: 'predictions',
      state: 'processing',
      outcome: 'succeeded',
      createdAt: '2026-05-12T08:00:00.000Z',
      endsAt: '2026-05-12T08:00:10.000Z',
      holds: [{ policy: 'key-running', partition: { key: 'sk_…bbbb' } }],
    };
    const expected = [running, { ...running, id: second.id }];
    expect((await reached.control('GET', '/jobs')).body).toEqual({ jobs: expected });
    expect(reached.mock.jobs.list()).toEqual(expected);
    await reached.mock.clock.advance('6s');
    const ended = expected.map((job) => ({ ...job, state: 'succeeded', holds: [] }));
    expect((await reached.control('GET', '/jobs')).body).toEqual({ jobs: ended });
  });

  test('end at once in the state that is given; places are free and the webhook is told', async () => {
    const reached = await start();
    const { heard, webhook } = await listener();
    const { id } = await create(reached, { webhook });
    for (let i = 0; i < 4; i++) await create(reached);
    expect((await create(reached)).status).toBe(429);
    await reached.mock.clock.advance('1s');
    const changed = await update(reached, id, { state: 'failed' });
    const endsAt = '2026-05-12T08:00:01.000Z';
    expect(changed).toMatchObject({ id, state: 'failed', outcome: 'failed', endsAt, holds: [] });
    expect(heard).toEqual(['failed']);
    expect(await status(reached, id)).toBe('failed');
    expect((await create(reached)).status).toBe(201);
    await reached.mock.clock.advance('1m');
    expect(heard).toEqual(['failed']);
  });

  test('end later or earlier than they would have, in step with the clock', async () => {
    const reached = await start();
    const { heard, webhook } = await listener();
    const { id } = await create(reached, { webhook });
    for (let i = 0; i < 4; i++) await create(reached);
    const later = await update(reached, id, { endsInMs: 25_000, state: 'failed' });
    expect(later).toMatchObject({ state: 'processing', outcome: 'failed', endsAt: '2026-05-12T08:00:25.000Z' });
    await reached.mock.clock.advance(24_999);
    expect([await status(reached, id), heard]).toEqual(['processing', []]);
    expect(reached.mock.quotas().filter(({ policy }) => policy === 'key-running')).toMatchObject([{ used: 1 }]);
    await reached.mock.clock.advance(1);
    expect([await status(reached, id), heard]).toEqual(['failed', ['failed']]);
    expect(reached.mock.quotas().filter(({ policy }) => policy === 'key-running')).toEqual([]);
    const other = await create(reached);
    expect(await update(reached, other.id, { endsInMs: 0 })).toMatchObject({ state: 'succeeded', holds: [] });
  });

  test('run on when they are told to, until they are told otherwise', async () => {
    const reached = await start();
    const { heard, webhook } = await listener();
    const { id } = await create(reached, { webhook });
    expect(await update(reached, id, { state: 'processing' })).toMatchObject({ state: 'processing', endsAt: null });
    await reached.mock.clock.advance('1d');
    expect([await status(reached, id), heard]).toEqual(['processing', []]);
    await update(reached, id, { endsInMs: 5_000 });
    await reached.mock.clock.advance('5s');
    expect([await status(reached, id), heard]).toEqual(['succeeded', ['succeeded']]);
  });

  test('tell of themselves', async () => {
    const reached = await start();
    const told: unknown[] = [];
    reached.mock.on('job', ({ at, data: { id, change, state, endsAt } }) => {
      told.push([at - Date.parse('2026-05-12T08:00:00.000Z'), id, change, state, endsAt === null]);
    });
    const [a, b] = [await create(reached), await create(reached)];
    await update(reached, a.id, { state: 'processing' });
    await update(reached, a.id, { state: 'canceled' });
    await reached.mock.clock.advance('1m');
    expect(told).toEqual([
      [0, a.id, 'started', 'processing', false],
      [0, b.id, 'started', 'processing', false],
      [0, a.id, 'changed', 'processing', true],
      [0, a.id, 'ended', 'canceled', false],
      [10_000, b.id, 'ended', 'succeeded', false],
    ]);
  });

  test('that have ended stay as they are', async () => {
    const reached = await start();
    const { id } = await create(reached);
    await reached.mock.clock.advance('10s');
    const before = reached.mock.jobs.list();
    for (const change of [{ state: 'failed' }, { state: 'processing' }, { endsInMs: 5 }]) {
      const refused = await reached.control('PUT', `/jobs/${id}`, change);
      expect(refused).toMatchObject({ status: 409, body: { code: 'job-ended', field: 'id' } });
    }
    expect(reached.mock.jobs.list()).toEqual(before);
  });

  test.each([
    ['ID', { state: 'lost' }, 400, { code: 'unknown-state', field: 'state' }],
    ['ID', {}, 400, { code: 'nothing-to-set' }],
    ['ID', { endsInMs: -1 }, 400, { code: 'bad-duration', field: 'endsInMs' }],
    ['ID', { endsInMs: 1e12 }, 400, { code: 'bad-duration', field: 'endsInMs' }],
    ['ID', { endsInMs: '5s' }, 400, { code: 'wrong-type', field: 'endsInMs' }],
    ['ID', { stat: 'failed' }, 400, { code: 'unknown-key', field: 'stat' }],
    ['ID', { profile: 'klinky', state: 'failed' }, 400, { code: 'unknown-profile', field: 'profile' }],
    ['pred_nothing', { state: 'failed' }, 404, { code: 'unknown-job', field: 'id' }],
  ])('PUT /jobs/%s with %j is refused', async (name, change, code, problem) => {
    const reached = await start();
    const { id } = await create(reached);
    const before = reached.mock.jobs.list();
    const path = `/jobs/${name === 'ID' ? id : name}`;
    const refused = await reached.control('PUT', path, change);
    expect(refused).toMatchObject({ status: code, body: problem });
    if (problem.code === 'unknown-state')
      expect(refused.body.detail).toMatch(/"processing", "succeeded", "failed", "canceled"/);
    expect(reached.mock.jobs.list()).toEqual(before);
  });

  describe('to come', () => {
    test('run and end as is said, until a reset', async () => {
      const reached = await start();
      const before = await create(reached);
      const set = await reached.control('PUT', '/profiles/prediction/jobs', { runTimeMs: 2_000, outcome: 'failed' });
      const collections = [
        {
          collection: 'predictions',
          running: 'processing',
          ends: ['succeeded', 'failed', 'canceled'],
          runTimeMs: 10_000,
          outcome: 'succeeded',
        },
      ];
      const expected = { profile: 'prediction', runTimeMs: 2_000, outcome: 'failed', collections };
      expect(set).toEqual({ status: 200, body: expected });
      expect((await reached.control('GET', '/profiles/prediction/jobs')).body).toEqual(expected);
      expect(reached.mock.jobs.defaults('prediction')).toEqual(expected);
      const after = await create(reached);
      await reached.mock.clock.advance('2s');
      expect([await status(reached, before.id), await status(reached, after.id)]).toEqual(['processing', 'failed']);
      expect(reached.mock.jobs.setDefaults('prediction', { outcome: null })).toMatchObject({
        runTimeMs: 2_000,
        outcome: null,
      });
      reached.mock.reset();
      const none = { runTimeMs: null, outcome: null };
      expect(reached.mock.jobs.defaults('prediction')).toMatchObject(none);
    });

    test('keep to the profile where the outcome means nothing to their collection', async () => {
      const { send, mock } = await reach(way, { profile: 'full-domination' });
      const authorization = { authorization: 'Bearer ad_live_aaaa', 'content-type': 'application/json' };
      const audit = async () => {
        const body = JSON.stringify({ companyId: 'cmp_abc' });
        const response = await send('/v1/audits', { method: 'POST', headers: authorization, body });
        return ((await response.json()) as { data: { id: string } }).data.id;
      };
      const outcomeOf = (id: string) => mock.jobs.list().find((job) => job.id === id)?.outcome;
      mock.jobs.setDefaults('full-domination', { outcome: 'draft', runTimeMs: 0 });
      expect(outcomeOf(await audit())).toBe('completed');
      await mock.clock.advance('1h');
      mock.jobs.setDefaults('full-domination', { outcome: 'failed' });
      expect(outcomeOf(await audit())).toBe('failed');
    });

    test.each([
      ['prediction', { outcome: 'lost' }, 400, { code: 'unknown-outcome', field: 'outcome' }],
      ['prediction', { outcome: 'processing' }, 400, { code: 'unknown-outcome', field: 'outcome' }],
      ['prediction', { runTimeMs: -1 }, 400, { code: 'bad-duration', field: 'runTimeMs' }],
      ['prediction', {}, 400, { code: 'nothing-to-set' }],
      ['prediction', { runtimeMs: 1 }, 400, { code: 'unknown-key', field: 'runtimeMs' }],
      ['klinky', { runTimeMs: 1 }, 400, { code: 'no-jobs' }],
      ['klinki', { runTimeMs: 1 }, 404, { code: 'unknown-profile' }],
    ])('%s: %j is refused', async (profile, change, code, problem) => {
      const { control, mock } = await reach(way, { profile: ['prediction', 'klinky'] });
      mock.jobs.setDefaults('prediction', { runTimeMs: 5 });
      const before = mock.jobs.defaults('prediction');
      expect(await control('PUT', `/profiles/${profile}/jobs`, change)).toMatchObject({ status: code, body: problem });
      expect(mock.jobs.defaults('prediction')).toEqual(before);
    });
  });
});
