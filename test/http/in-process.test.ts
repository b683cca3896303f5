/**
 * The app without a socket: when a response counts as sent, and what becomes of clients that go away and connections that are dropped.
 */
import { describe, expect, test } from 'vitest';
import type { Bindings } from '../../src/http/app.js';
import { fetchInProcess } from '../../src/http/web/in-process.js';
import { createMock } from '../../src/mock.js';

const KEY = { headers: { authorization: 'Bearer ak_live_xxx' } };
const SESSION = { headers: { authorization: 'Bearer aaa.bbb.ccc' } };

describe('a mock in this process', () => {
  const start = () => createMock({ profile: 'aiclicks', clock: 'frozen' });

  test.each([
    ['a key', KEY],
    ['a caller without a limit', SESSION],
  ])('lets go of what an aborted fetch held: %s', async (_who, init) => {
    const mock = await start();
    mock.faults.add({ delayMs: 1_000 });
    const client = new AbortController();
    const answer = mock.fetch('/api/v1/domains', { ...init, signal: client.signal });
    expect(mock.inFlight()).toHaveLength(1);
    client.abort();
    expect(mock.inFlight()).toEqual([]);
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await mock.clock.advance('1s');
    // What it was charged stays charged, and the journal tells of it: a request that nobody was there to be answered.
    expect(mock.requests()).toMatchObject([
      { status: 0, operation: 'listDomains', told: [], leftAt: expect.any(Number) },
    ]);
  });

  test('does not take in a fetch that was aborted before', async () => {
    const mock = await start();
    await expect(mock.fetch('/api/v1/domains', { ...KEY, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(mock.quotas()).toEqual([]);
  });

  test('an abort after the answer changes nothing', async () => {
    const mock = await start();
    const client = new AbortController();
    const response = await mock.fetch('/api/v1/domains', { ...KEY, signal: client.signal });
    client.abort();
    expect(response.status).toBe(200);
    expect(mock.quotas()).toMatchObject([{ used: 1 }]);
  });

  test('a dropped connection is a failed fetch, and no answer', async () => {
    const mock = await start();
    mock.faults.add({ drop: true, times: 1 });
    const failed = mock.fetch('/api/v1/domains', KEY);
    await expect(failed).rejects.toThrow(new TypeError('fetch failed'));
    await expect(failed).rejects.toMatchObject({ cause: new Error('mock429 closed the connection') });
    expect((await mock.fetch('/api/v1/domains', KEY)).status).toBe(200);
    expect(mock.quotas()).toMatchObject([{ used: 2 }]);
  });

  test('a fault may not set a header that describes the connection', async () => {
    const mock = await start();
    expect(() => mock.faults.add({ headers: { Trailer: 'X' }, times: 1 })).toThrow(
      expect.objectContaining({
        status: 400,
        field: 'headers.Trailer',
        detail: 'is a header that the server itself writes; leave it out',
      }),
    );
    expect(mock.faults.list()).toEqual([]);
  });

  test('a reset ends what is in flight as a dropped connection', async () => {
    const mock = await start();
    mock.faults.add({ delayMs: 1_000 });
    const answer = mock.fetch('/api/v1/domains', KEY);
    mock.reset();
    await expect(answer).rejects.toThrow(new TypeError('fetch failed'));
    expect(mock.inFlight()).toEqual([]);
  });
});

describe('the end of a response', () => {
  const url = 'http://mock429.localhost/~name/path?a=b';

  test('is told to all who asked, once the response is handed over', async () => {
    const told: string[] = [];
    const app = async (_request: Request, { connection }: Bindings) => {
      connection.onDone(() => told.push('first'));
      connection.onDone(() => told.push('second'));
      return new Response('body');
    };
    const answer = fetchInProcess(app, new Request(url));
    expect(told).toEqual([]);
    await answer;
    expect(told).toEqual(['first', 'second']);
  });

  test('is told at once to who asks after a client has gone', async () => {
    const client = new AbortController();
    const read = deferred();
    const told = deferred();
    // Such a request is taken in only once its body has been read; its client left before.
    const app = async (_request: Request, { connection }: Bindings) => {
      await read.promise;
      connection.onDone(told.resolve);
      return new Response('body');
    };
    const answer = fetchInProcess(app, new Request(url, { signal: client.signal }));
    client.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    read.resolve();
    await told.promise;
  });

  test('is told when the app fails', async () => {
    let told = false;
    const app = (_request: Request, { connection }: Bindings): Response => {
      connection.onDone(() => {
        told = true;
      });
      throw new Error('broken');
    };
    await expect(fetchInProcess(app, new Request(url))).rejects.toThrow('broken');
    expect(told).toBe(true);
  });

  test('the target is path and query, with the prefix in front', async () => {
    const targets: (string | undefined)[] = [];
    const app = (_request: Request, { target }: Bindings) => {
      targets.push(target);
      return new Response(null);
    };
    await fetchInProcess(app, new Request('http://any.host/path?a=b'), '/~name');
    await fetchInProcess(app, new Request('http://any.host'));
    expect(targets).toEqual(['/~name/path?a=b', '/']);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
