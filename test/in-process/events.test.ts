/**
 * Events: what is told of, in-process and as server-sent events, and what becomes of readers that are slow, come back or leave.
 */
import { connect } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { eventStream, QUEUE_SIZE } from '../../src/http/web/event-stream.js';
import { createMock, type Mock, type MockEvent, type MockOptions, type MockSandbox } from '../../src/index.js';
import { Events } from '../../src/sandbox/events.js';

const START = Date.parse('2026-05-12T08:00:00.000Z');
const KEY = { headers: { authorization: 'Bearer ak_live_xxxxyyyy' } };
const PATH = '/api/v1/domains';

/** For what comes in its own time over a socket. */
const PATIENT = { timeout: 300_000, interval: 5 };

const open: Mock[] = [];
afterEach(() => Promise.all(open.splice(0).map((mock) => mock.close())));

async function start(options: MockOptions = {}): Promise<Mock> {
  const mock = await createMock({ profile: 'aiclicks', clock: { now: START }, ...options });
  open.push(mock);
  return mock;
}

interface ReportedQuota {
  readonly id: number | undefined;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads is for the test to know
  readonly data: any;
}

/** Reads a stream of events one by one; comments are events named `:`. */
function readerOf(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const next = async (): Promise<ReportedQuota | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        return parse(lines);
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
  };
  return {
    next,
    async take(count: number): Promise<(ReportedQuota | undefined)[]> {
      const told = [];
      for (let i = 0; i < count; i++) told.push(await next());
      return told;
    },
    cancel: () => reader.cancel(),
  };
}

function parse(lines: readonly string[]): ReportedQuota {
  if (lines.every((line) => line.startsWith(':'))) return { id: undefined, event: ':', data: undefined };
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const id = field('id');
  return { id: id === undefined ? undefined : Number(id), event: field('event')!, data: JSON.parse(field('data')!) };
}

async function listen(mock: MockSandbox, path = '/__mock429/events', init?: RequestInit) {
  const response = await mock.fetch(path, init);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = readerOf(response.body!);
  expect(await reader.next()).toMatchObject({ event: ':' });
  return reader;
}

describe('what is told', () => {
  /** Everything that there are events for, once. */
  async function all(mock: Mock) {
    await mock.fetch('/v1/audits', { headers: { authorization: 'Bearer ad_live_aaaabbbb' } });
    await mock.fetch('/v1/audits', { headers: { authorization: 'Bearer ad_live_aaaabbbb' } });
    await mock.clock.advance('1s');
    mock.reset({ clock: true });
  }
  const options: MockOptions = {
    profile: 'full-domination',
    set: ['policies.token-minute.quota=1', 'policies.token-day.quota=1'],
  };

  test('in-process: all, or one kind, until it is ended', async () => {
    const mock = await start(options);
    const heard: MockEvent[] = [];
    const refused: (string | undefined)[] = [];
    const end = mock.on('*', (event) => heard.push(event));
    mock.on('refusal', ({ data }) => refused.push(data.error));
    await all(mock);
    expect(heard.map(({ id, type, at }) => [id, type, at])).toEqual([
      [1, 'warning', START],
      [2, 'request', START],
      [3, 'refusal', START],
      [4, 'clock', START + 1_000],
      [5, 'clock', START],
      [6, 'reset', START],
    ]);
    expect(heard.map(({ data }) => data)).toMatchObject([
      { profile: 'full-domination', policy: 'token-day', used: 1, limit: 1 },
      { id: '1', status: 200, admitted: true },
      { id: '2', status: 429, admitted: false },
      { mode: 'frozen', epochMs: START + 1_000 },
      { epochMs: START },
      { clock: true, accounts: false },
    ]);
    expect(refused).toHaveLength(1);
    end();
    await all(mock);
    expect(heard).toHaveLength(6);
    expect(refused).toHaveLength(2);
  });

  test('by HTTP: the same, with credentials masked', async () => {
    const mock = await start(options);
    const reader = await listen(mock);
    await all(mock);
    const told = await reader.take(6);
    expect(told.map((one) => [one?.id, one?.event])).toEqual([
      [1, 'warning'],
      [2, 'request'],
      [3, 'refusal'],
      [4, 'clock'],
      [5, 'clock'],
      [6, 'reset'],
    ]);
    expect(told[2]!.data).toEqual({ ...told[2]!.data, status: 429, at: START, caller: expect.anything() });
    expect(told[5]!.data).toEqual({ at: START, clock: true, accounts: false });
    expect(JSON.stringify(told)).not.toContain('ad_live_aaaabbbb');
    await reader.cancel();
  });

  test('only of its own sandbox', async () => {
    const mock = await start();
    const reader = await listen(mock.sandbox('t1'));
    await mock.fetch(PATH, KEY);
    await mock.sandbox('t2').fetch(PATH, KEY);
    await mock.sandbox('t1').fetch(PATH, KEY);
    expect(await reader.next()).toMatchObject({ id: 1, event: 'request', data: { sandbox: 't1' } });
  });

  test('of jobs: started and ended, when the clock gets there or by a cancellation', async () => {
    const mock = await start({ profile: 'prediction' });
    const heard: unknown[] = [];
    mock.on('job', ({ at, data }) => heard.push([at - START, data]));
    const [first, second] = [await startJob(mock), await startJob(mock)];
    const endsAt = START + 10_000;
    const job = (id: string, change: string, state: string, end = endsAt) => ({
      profile: 'prediction',
      collection: 'predictions',
      id,
      change,
      state,
      endsAt: end,
    });
    const started = [
      [0, job(first, 'started', 'processing')],
      [0, job(second, 'started', 'processing')],
    ];
    expect(heard).toEqual(started);
    await mock.clock.advance(4_000);
    await mock.fetch(`/v1/cancel/${second}`, { method: 'POST', ...PREDICTION });
    const canceled = [4_000, job(second, 'ended', 'canceled', START + 4_000)];
    expect(heard).toEqual([...started, canceled]);
    await mock.clock.advance(5_999);
    expect(heard).toHaveLength(3);
    await mock.clock.advance(10_000);
    expect(heard).toEqual([...started, canceled, [10_000, job(first, 'ended', 'succeeded')]]);
  });

  test('of a job whose end is moved', async () => {
    const mock = await start({ profile: 'prediction' });
    const heard: unknown[] = [];
    const id = await startJob(mock);
    mock.on('job', ({ at, data: { change, endsAt } }) => heard.push([at - START, change, endsAt && endsAt - START]));
    await mock.jobs.set(id, { endsInMs: 60_000 });
    await mock.jobs.set(id, { state: 'processing' });
    await mock.clock.advance('1h');
    await mock.jobs.set(id, { state: 'failed' });
    expect(heard).toEqual([
      [0, 'changed', 60_000],
      [0, 'changed', null],
      [3_600_000, 'ended', 3_600_000],
    ]);
  });

  test('of a job that ended while nobody listened, to who comes back', async () => {
    const mock = await start({ profile: 'prediction' });
    await startJob(mock);
    await mock.clock.advance('1h');
    const reader = await listen(mock, '/__mock429/events', { headers: { 'Last-Event-ID': '0' } });
    const told = (await reader.take(4)).map((one) => [one?.event, one?.data.change]);
    expect(told).toEqual([
      ['job', 'started'],
      ['request', undefined],
      ['job', 'ended'],
      ['clock', undefined],
    ]);
  });

  test('of no job that a reset has ended', async () => {
    const mock = await start({ profile: 'prediction' });
    await startJob(mock);
    const heard: string[] = [];
    mock.on('*', ({ type }) => heard.push(type));
    mock.reset();
    await mock.clock.advance('1h');
    expect(heard).toEqual(['reset', 'clock']);
  });

  test('a kind that there is none of is refused', async () => {
    const mock = await start();
    expect(() => mock.on('requests' as 'request', () => {})).toThrow('did you mean "request"?');
  });

  test('a listener that fails harms no request, and is logged', async () => {
    const said: string[] = [];
    const mock = await start({ log: (_level, message) => said.push(message) });
    mock.on('request', () => {
      throw new Error('mine');
    });
    let heard = 0;
    mock.on('request', () => {
      heard += 1;
    });
    expect((await mock.fetch(PATH, KEY)).status).toBe(200);
    expect(heard).toBe(1);
    expect(said).toEqual(['a listener failed: Error: mine']);
  });
});

const PREDICTION = { headers: { authorization: 'Bearer sk_live_aaaabbbb', 'content-type': 'application/json' } };

/** @returns the job's id */
async function startJob(mock: Mock): Promise<string> {
  const response = await mock.fetch('/v1/black-forest-labs/flux-kontext-max/predictions', {
    method: 'POST',
    ...PREDICTION,
    body: JSON.stringify({ model: 'flux-kontext-max', input: { prompt: 'A garden' } }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { job_id: string }).job_id;
}

describe('who comes back', () => {
  const back = (mock: Mock, id: string) => listen(mock, '/__mock429/events', { headers: { 'Last-Event-ID': id } });

  test('is told what came after the last event seen, then what comes', async () => {
    const mock = await start();
    for (let i = 1; i <= 4; i++) await mock.clock.advance(i);
    const reader = await back(mock, '2');
    mock.reset();
    expect((await reader.take(3)).map((one) => [one?.id, one?.event])).toEqual([
      [3, 'clock'],
      [4, 'clock'],
      [5, 'reset'],
    ]);
  });

  test('is told how many are kept no more', async () => {
    const mock = await start();
    for (let i = 1; i <= 300; i++) await mock.clock.advance(1);
    const reader = await back(mock, '4');
    expect(await reader.take(2)).toEqual([
      { id: undefined, event: 'dropped', data: { dropped: 40 } },
      { id: 45, event: 'clock', data: expect.objectContaining({ epochMs: START + 45 }) },
    ]);
  });

  test('from a former server is told all there is', async () => {
    const mock = await start();
    await mock.clock.advance(1);
    expect(await (await back(mock, '17')).next()).toMatchObject({ id: 1 });
  });

  test('with an id that none can be is refused', async () => {
    const mock = await start();
    const response = await mock.fetch('/__mock429/events', { headers: { 'Last-Event-ID': 'x' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad-value', field: 'Last-Event-ID' });
  });
});

describe('a reader', () => {
  test('that is slow loses the oldest, is told how many, and slows nobody', async () => {
    const mock = await start();
    const slow = await listen(mock);
    const [first, last] = [1, QUEUE_SIZE + 7];
    for (let i = first; i <= last; i++) mock.reset();
    expect(await slow.next()).toEqual({ id: undefined, event: 'dropped', data: { dropped: 7 } });
    const rest = await slow.take(QUEUE_SIZE);
    expect(rest.map((one) => one?.id)).toEqual(Array.from({ length: QUEUE_SIZE }, (_, i) => i + 8));
    mock.reset();
    expect(await slow.next()).toMatchObject({ id: last + 1, event: 'reset' });
  });

  test('that does not read its socket costs no more than its queue', async () => {
    const mock = await start();
    const { url } = await mock.listen();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.write('GET /~slow/__mock429/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await vi.waitUntil(() => received.includes(': events'), PATIENT);
    socket.pause();
    const sandbox = mock.sandbox('slow');
    for (let i = 0; i < 20; i++) {
      for (let n = 0; n < 2_000; n++) sandbox.reset();
      await new Promise(setImmediate);
    }
    socket.resume();
    await vi.waitUntil(() => received.includes(`id: ${20 * 2_000}\n`), PATIENT);
    const dropped = [...received.matchAll(/event: dropped\ndata: \{"dropped":(\d+)\}/g)].map(([, count]) =>
      Number(count),
    );
    const told = received.match(/^id: /gm)!.length;
    expect(dropped.length).toBeGreaterThan(0);
    expect(told + dropped.reduce((sum, count) => sum + count, 0)).toBe(20 * 2_000);
  });

  test('that leaves is listened for no more', async () => {
    const mock = await start();
    const reader = await listen(mock.sandbox('t'));
    expect(inUse(mock, 't')).toBe(true);
    await reader.cancel();
    expect(inUse(mock, 't')).toBe(false);
    const client = new AbortController();
    const aborted = await listen(mock.sandbox('t'), '/__mock429/events', { signal: client.signal });
    expect(inUse(mock, 't')).toBe(true);
    client.abort();
    expect(inUse(mock, 't')).toBe(false);
    expect(await aborted.next()).toBeUndefined();
  });

  test('on a socket that is closed is listened for no more', async () => {
    const mock = await start();
    const { url } = await mock.listen();
    const client = new AbortController();
    const response = await fetch(`${url}/~t/__mock429/events`, { signal: client.signal });
    const reader = readerOf(response.body!);
    await reader.next();
    await mock.sandbox('t').fetch(PATH, KEY);
    expect(await reader.next()).toMatchObject({ event: 'request' });
    expect(inUse(mock, 't')).toBe(true);
    client.abort();
    await vi.waitUntil(() => !inUse(mock, 't'), PATIENT);
  });

  test('that asks for the head alone is never listened for', async () => {
    const mock = await start();
    const { url } = await mock.listen();
    const response = await fetch(`${url}/~t/__mock429/events`, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await vi.waitUntil(() => !inUse(mock, 't'), PATIENT);
  });

  test('is told the rest and let go when the server closes, or its sandbox is removed', async () => {
    const mock = await start();
    const { url, close } = await mock.listen();
    const main = readerOf((await fetch(`${url}/__mock429/events`)).body!);
    const named = readerOf((await fetch(`${url}/~t/__mock429/events`)).body!);
    mock.removeSandbox('t');
    expect(await named.take(3)).toMatchObject([{ event: ':' }, { event: 'reset' }, undefined]);
    await mock.clock.advance(1);
    await close();
    expect(await main.take(3)).toMatchObject([{ event: ':' }, { event: 'clock' }, undefined]);
  });

  test('counts among the listeners from its first moment to its last', async () => {
    const counts: number[] = [];
    const events = new Events(
      () => {},
      (count) => counts.push(count),
      () => {
        throw new Error('no request is told of here');
      },
    );
    const stream = eventStream(events, undefined, new AbortController().signal);
    await stream.cancel();
    await eventStream(events, undefined, AbortSignal.abort()).cancel();
    events.end();
    expect(events.listeners).toBe(0);
    expect(counts.slice(0, 2)).toEqual([1, 0]);
  });
});

let ahead = 0;

/** Whether the sandbox is kept, however long it is not asked for anything. */
function inUse(mock: Mock, name: string): boolean {
  ahead += 7_200_000;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ahead });
  try {
    return mock.sandboxes().some((sandbox) => sandbox.name === name);
  } finally {
    vi.useRealTimers();
  }
}

test('a mock closes while somebody hears of jobs and one runs', async () => {
  const mock = await createMock({ profile: 'prediction', clock: 'frozen' });
  const heard: string[] = [];
  mock.on('job', ({ data }) => heard.push(data.change));
  const created = await mock.fetch('/v1/acme/painter/predictions', {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_live_a', 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: { prompt: 'x' } }),
  });
  expect(created.status).toBe(201);
  await mock.close();
  expect(heard).toEqual(['started']);
});
