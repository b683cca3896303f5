/** Streams on the sandbox's clock, the same in-process and over a socket: their chunks, their settlement, and how they end. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { MockOptions } from '../../src/options/options.js';
import type { FaultInput } from '../../src/sandbox/faults/schema.js';
import { exchange } from '../helpers/raw.js';
import { closeMocks, type Reached, reach, START, WAYS } from '../helpers/ways.js';
import { dataOf, eventsIn } from './chat/events.js';

const profileAt = (name: string) => fileURLToPath(new URL(`chat/${name}.profile.yaml`, import.meta.url));
const NOW = Date.parse(START);

/** A request of three tokens; the answer has six. */
const chat = (body: Readonly<Record<string, unknown>> = {}, more: RequestInit = {}): RequestInit => ({
  method: 'POST',
  ...more,
  headers: { authorization: 'Bearer sk-1', 'content-type': 'application/json', ...(more.headers as object) },
  body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Say hello' }], stream: true, ...body }),
});

const PATH = '/v1/chat/completions';

afterEach(closeMocks);

describe('on the wire', () => {
  const HEAD = 'Host: a\r\nAuthorization: Bearer sk-1\r\n';
  const listen = async () => {
    const { mock } = await reach('in-process', { profile: profileAt('completions') });
    return { mock, port: (await mock.listen()).port };
  };

  test('a client of HTTP/1.1 gets chunks', async () => {
    const { port } = await listen();
    const text = await exchange(
      port,
      `POST /v1/lines HTTP/1.1\r\n${HEAD}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    const [head = '', body] = text.split('\r\n\r\n', 2);
    expect(head).toContain('\r\nTransfer-Encoding: chunked');
    expect(head).not.toContain('Content-Length');
    expect(body).toMatch(/^1e\r\n\{"response":"H","done":false\}\n\r\n1e\r\n/);
    expect(text).toMatch(/\r\n0\r\n\r\n$/);
  });

  test('a client of HTTP/1.0 gets the body up to the end of the connection', async () => {
    const { mock, port } = await listen();
    const answer = exchange(port, `GET /v1/events HTTP/1.0\r\n${HEAD}\r\n`);
    await mock.waitForRequests({ count: 1, wait: '20s' });
    await mock.clock.advance('5s');
    const [head = '', body] = (await answer).split(/\r\n\r\n/);
    expect(head).not.toContain('chunked');
    expect(head).toContain('\r\nConnection: close');
    expect(eventsIn(body!)).toHaveLength(3);
  });

  test('a request behind a stream on the same connection is answered after it', async () => {
    const { mock, port } = await listen();
    const requests = `GET /v1/events HTTP/1.1\r\n${HEAD}\r\nHEAD /v1/events HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`;
    const answer = exchange(port, requests);
    await mock.waitForRequests({ count: 2, wait: '20s' });
    await mock.clock.advance('5s');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n0\r\n\r\nHTTP\/1\.1 200 OK\r\n/s);
  });

  test('a client that closes its own side while a stream waits counts as gone', async () => {
    const { mock, port } = await listen();
    await exchange(port, `GET /v1/events HTTP/1.1\r\n${HEAD}\r\n`, { half: true });
    await vi.waitFor(() => expect(mock.inFlight()).toEqual([]));
    expect(mock.requests()).toMatchObject([{ broken: 'left', streamed: { chunks: 0 } }]);
  });
});

describe.each(WAYS)('%s', (way) => {
  const start = (options: Omit<MockOptions, 'profile'> = {}) =>
    reach(way, { profile: profileAt('completions'), ...options });
  const last = ({ mock }: Reached) => mock.requests().at(-1)!;
  const used = ({ mock }: Reached) => Object.fromEntries(mock.quotas().map(({ policy, used }) => [policy, used]));

  test('tokens are sent at their instants', async () => {
    const reached = await start();
    const { mock, send } = reached;
    const response = await send(PATH, chat());
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const chunks: unknown[] = [last(reached).streamed!.chunks];
    for (const ms of [499, 1, 99, 1, 399]) {
      await mock.clock.advance(ms);
      chunks.push(last(reached).streamed!.chunks);
    }
    // The head brings the first event; six tokens follow from 500 ms on, 100 ms apart.
    expect(chunks).toEqual([1, 1, 2, 2, 3, 6]);
    expect(last(reached).streamed!.endedAt).toBeNull();
    await mock.clock.advance(1);
    const text = await response.text();
    expect(last(reached)).toMatchObject({
      broken: undefined,
      streamed: { chunks: 8, bytes: Buffer.byteLength(text), endedAt: NOW + 1_000 },
    });
    const events = eventsIn(text);
    expect(events.at(-1)).toEqual({ event: undefined, data: '[DONE]' });
    const data = events.slice(0, -1).map(dataOf);
    const id = data[0].id;
    expect(id).toMatch(/^chatcmpl-[a-z0-9]{24}$/);
    expect(data.map(({ choices }) => choices[0])).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null },
      ...['One', ' two', ' three', ' four', ' five', ' six.'].map((content) => ({
        index: 0,
        delta: { content },
        finish_reason: null,
      })),
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]);
    expect(new Set(data.map((one) => `${one.id} ${one.created} ${one.model}`))).toEqual(
      new Set([`${id} ${NOW / 1_000} m`]),
    );
  });

  test('a jump of the clock sends all that is due, and --compress shortens the times', async () => {
    const reached = await start({ compress: 10 });
    const response = await reached.send(PATH, chat());
    await reached.mock.clock.set({ now: NOW + 60 });
    expect(last(reached).streamed!.chunks).toBe(3);
    await reached.mock.clock.set({ now: NOW + 100 });
    expect(last(reached).streamed!.endedAt).toBe(NOW + 100);
    expect(eventsIn(await response.text())).toHaveLength(9);
  });

  test('max_tokens cuts the text, usage comes when it is asked for', async () => {
    const { mock, send } = await start();
    const response = await send(PATH, chat({ max_tokens: 2, stream_options: { include_usage: true } }));
    await mock.clock.advance('1s');
    const data = eventsIn(await response.text())
      .slice(0, -1)
      .map(dataOf);
    expect(data.slice(-2)).toMatchObject([
      { choices: [{ finish_reason: 'length' }] },
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
    ]);
  });

  test('a request that is not streamed gets the whole', async () => {
    const reached = await start();
    const response = await reached.send(PATH, chat({ stream: false, max_tokens: 4 }));
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'One two three four' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    });
    expect(last(reached).streamed).toBeUndefined();
    expect(used(reached)).toMatchObject({ tokens: 7, output: 4 });
  });

  test('the text is repeated to the tokens that are wanted', async () => {
    const { send } = await start();
    const response = await send(PATH, chat({ stream: false }, { headers: { 'x-tokens': '8' } }));
    const { choices } = (await response.json()) as { choices: [{ message: { content: string } }] };
    expect(choices[0].message.content).toBe('One two three four five six. One two');
  });

  test('what is taken is charged as it is sent, and a reservation is corrected at the end', async () => {
    const reached = await start();
    const { mock, send } = reached;
    const response = await send(PATH, chat({ max_tokens: 100 }));
    // The head reports the state at its own instant.
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('900');
    expect(used(reached)).toMatchObject({ concurrent: 1, tokens: 100, output: 1 });
    await mock.clock.advance(700);
    expect(used(reached)).toMatchObject({ concurrent: 1, tokens: 100, output: 3 });
    expect(mock.explain(last(reached).id).text).toMatch(/being streamed: 4 chunks .*held until the stream ends/s);
    await mock.clock.advance(300);
    await response.text();
    expect(used(reached)).toMatchObject({ tokens: 9, output: 6 });
    expect(last(reached).decisions).toMatchObject([
      { policy: 'concurrent' },
      { policy: 'tokens', charged: 9, refunded: 91 },
      { policy: 'output', charged: 6, refunded: -5 },
    ]);
    expect(mock.explain(last(reached).id).summary).toContain('Its body was streamed: 8 chunks');
  });

  test('a client that goes away pays for what was sent', async () => {
    const reached = await start();
    const { mock, send } = reached;
    const client = new AbortController();
    const response = await send(PATH, chat({ max_tokens: 100 }, { signal: client.signal }));
    const body = response.text();
    await mock.clock.advance(600);
    expect(mock.inFlight()).toMatchObject([{ operation: 'createChatCompletion', until: null }]);
    client.abort();
    await expect(body).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => expect(mock.inFlight()).toEqual([]));
    expect(used(reached)).toEqual({ tokens: 5, output: 2 });
    await mock.clock.advance('1m');
    expect(last(reached)).toMatchObject({ status: 200, broken: 'left', streamed: { chunks: 3, endedAt: NOW + 600 } });
    expect(mock.explain(last(reached).id).summary).toContain('The client left the stream 600 ms after');
  });

  test('a client that cancels the body has gone away', async () => {
    const reached = await start();
    const response = await reached.send(PATH, chat());
    await response.body!.cancel();
    await vi.waitFor(() => expect(reached.mock.inFlight()).toEqual([]));
    expect(last(reached).broken).toBe('left');
  });

  test('a stream holds its place among concurrent requests until it ends', async () => {
    const { mock, send } = await start();
    const [first, second] = [await send(PATH, chat()), await send(PATH, chat())];
    expect((await send(PATH, chat())).status).toBe(429);
    await mock.clock.advance('1s');
    await Promise.all([first.text(), second.text()]);
    await vi.waitFor(() => expect(mock.quotas().some(({ policy }) => policy === 'concurrent')).toBe(false));
    expect((await send(PATH, chat({ stream: false }))).status).toBe(200);
  });

  test('a reset breaks the stream off and leaves nothing behind', async () => {
    const { mock, send } = await start();
    const response = await send(PATH, chat());
    await mock.clock.advance(600);
    mock.reset();
    await expect(response.text()).rejects.toThrow(new TypeError('terminated'));
    expect([mock.inFlight(), mock.quotas(), mock.requests()]).toEqual([[], [], []]);
    await mock.clock.advance('1s');
    expect([mock.quotas(), mock.requests()]).toEqual([[], []]);
  });

  test('a snapshot that is restored breaks it off too, and knows the streams that ended', async () => {
    const reached = await start();
    const { mock, send } = reached;
    const whole = await send(PATH, chat());
    await mock.clock.advance('1s');
    await whole.text();
    const snapshot = mock.snapshot({ journal: true });
    const response = await send(PATH, chat());
    mock.restore(snapshot);
    await expect(response.text()).rejects.toThrow(new TypeError('terminated'));
    expect(last(reached).streamed).toMatchObject({ chunks: 8, endedAt: NOW + 1_000 });
    expect(mock.inFlight()).toEqual([]);
  });

  test('a mock that closes sends the rest at once', async () => {
    const { mock, send } = await start();
    const response = await send(PATH, chat());
    const body = response.text();
    await mock.close();
    expect(eventsIn(await body)).toHaveLength(9);
  });

  test('a mock that closes sends a stream whose head is delayed', async () => {
    const { mock, send } = await start();
    mock.faults.add({ delayMs: 1_000 });
    const response = send(PATH, chat());
    await vi.waitFor(() => expect(mock.inFlight()).toHaveLength(1));
    await mock.close();
    expect(eventsIn(await (await response).text())).toHaveLength(9);
  });

  describe('a fault', () => {
    const meet = async (fault: FaultInput) => {
      const reached = await start();
      reached.mock.faults.add(fault);
      return reached;
    };

    test('delays the head, and the stream begins then', async () => {
      const reached = await meet({ delayMs: 1_000 });
      const { mock, send } = reached;
      const sent = send(PATH, chat());
      await vi.waitFor(() => expect(mock.inFlight()).toHaveLength(1));
      await mock.clock.advance('1s');
      const response = await sent;
      expect(last(reached).streamed!.chunks).toBe(1);
      await mock.clock.advance('1s');
      expect(last(reached).streamed!.endedAt).toBe(NOW + 2_000);
      expect(eventsIn(await response.text())).toHaveLength(9);
    });

    test('truncates the body after some bytes', async () => {
      const reached = await meet({ truncateBody: 250 });
      const { mock, send } = reached;
      const response = await send(PATH, chat());
      await mock.clock.advance('1s');
      const read: Uint8Array[] = [];
      const reading = (async () => {
        for await (const part of response.body!) read.push(part);
      })();
      await expect(reading).rejects.toThrow(new TypeError('terminated'));
      expect(Buffer.concat(read)).toHaveLength(250);
      // The first event has some 200 bytes, so that the second is cut at the instant of the first token.
      expect(last(reached)).toMatchObject({ broken: 'cut', streamed: { chunks: 2, bytes: 250, endedAt: NOW + 500 } });
      expect(used(reached)).toEqual({ tokens: 4, output: 1 });
    });

    test('sends the head and nothing of the body', async () => {
      const reached = await meet({ truncateBody: 0 });
      const response = await reached.send(PATH, chat());
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow(new TypeError('terminated'));
      expect(last(reached)).toMatchObject({ broken: 'cut', streamed: { bytes: 0, endedAt: NOW } });
      expect(reached.mock.inFlight()).toEqual([]);
    });

    test('truncates the body to a share', async () => {
      const reached = await meet({ truncateBody: 0.5, times: 1 });
      const { mock, send } = reached;
      const cut = await send(PATH, chat());
      await mock.clock.advance('1s');
      await expect(cut.text()).rejects.toThrow(new TypeError('terminated'));
      const { bytes } = last(reached).streamed!;
      const whole = await send(PATH, chat());
      await mock.clock.advance('1s');
      expect(bytes).toBe(Math.floor(Buffer.byteLength(await whole.text()) / 2));
    });

    test('drops the connection in place of the stream', async () => {
      const reached = await meet({ drop: true });
      await expect(reached.send(PATH, chat())).rejects.toThrow(new TypeError('fetch failed'));
      expect(last(reached)).toMatchObject({ status: 0, broken: 'dropped', streamed: undefined });
    });
  });

  test('a slow reader holds the stream up, and loses nothing', async () => {
    const reached = await start();
    const { mock, send } = reached;
    const response = await send(PATH, chat({}, { headers: { 'x-tokens': '60000' } }));
    await mock.clock.advance('4h');
    // Much more than fits into any buffer on the way.
    const { chunks, endedAt } = last(reached).streamed!;
    expect(chunks).toBeLessThan(60_000);
    expect(endedAt).toBeNull();
    expect(eventsIn(await response.text())).toHaveLength(60_003);
    await vi.waitFor(() => expect(last(reached).streamed!.endedAt).toBe(NOW + 4 * 3_600_000));
    expect(last(reached).streamed!.chunks).toBe(60_002);
  });

  test('lines of JSON', async () => {
    const { send } = await start();
    const response = await send('/v1/lines', { method: 'POST', headers: { authorization: 'Bearer sk-1' } });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await response.text()).toBe(
      '{"response":"H","done":false}\n{"response":"i","done":false}\n{"response":"","done":true,"eval_count":2}\n',
    );
  });

  test("the document's example at a pace, and what its last event reports is charged", async () => {
    const reached = await start();
    const { mock, send } = reached;
    const response = await send('/v1/events', { headers: { authorization: 'Bearer sk-1' } });
    const chunks: unknown[] = [];
    for (const ms of [999, 1, 2_000, 2_000]) {
      await mock.clock.advance(ms);
      chunks.push(last(reached).streamed!.chunks);
    }
    expect(chunks).toEqual([0, 1, 2, 3]);
    expect(eventsIn(await response.text()).map(dataOf)).toEqual([{ n: 1 }, { n: 2 }, { n: 3, usage: { total: 7 } }]);
    expect(used(reached)).toMatchObject({ output: 7 });
  });

  describe('the behaviour respond', () => {
    const get = ({ send }: Reached, as: string) =>
      send(`/v1/notes?as=${as}`, { headers: { authorization: 'Bearer sk-1' } });

    test('sends a text of events exactly as it is', async () => {
      const reached = await start();
      const response = await get(reached, 'text-of-events');
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      expect(await response.text()).toBe('event: note\ndata: {"n":1}\n\n: a comment\n\ndata: [DONE]\n\n');
      expect(last(reached).streamed).toMatchObject({ chunks: 3, endedAt: NOW });
    });

    test('writes values as events, and charges what they report', async () => {
      const reached = await start();
      const response = await get(reached, 'values');
      expect(used(reached)).toMatchObject({ output: 1 });
      await reached.mock.clock.advance('1s');
      expect(used(reached)).toMatchObject({ output: 4 });
      await reached.mock.clock.advance('1s');
      expect(await response.text()).toBe(
        'event: note\ndata: {"n":1}\n\ndata: {"usage":{"completion_tokens":4}}\n\ndata: done\n\n',
      );
    });

    test('writes values as lines', async () => {
      const response = await get(await start(), 'lines');
      expect(response.headers.get('content-type')).toBe('application/x-ndjson');
      expect(await response.text()).toBe(`{"n":1}\n{"n":${NOW}}\n`);
    });

    test('sends any text line by line at a pace', async () => {
      const reached = await start();
      const response = await get(reached, 'text');
      await reached.mock.clock.advance('2s');
      expect(last(reached).streamed).toMatchObject({ chunks: 1, bytes: 4 });
      await reached.mock.clock.advance('2s');
      expect(await response.text()).toBe('one\ntwo\nthree');
    });
  });

  test('HEAD has the headers and no stream', async () => {
    const reached = await start();
    const response = await reached.send('/v1/events', { method: 'HEAD', headers: { authorization: 'Bearer sk-1' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await response.text()).toBe('');
    expect(reached.mock.inFlight()).toEqual([]);
    expect(last(reached).streamed).toBeUndefined();
  });

  test('events with names and numbers', async () => {
    const { mock, send } = await start();
    const response = await send('/v1/responses', chat({ input: 'Say hello' }));
    await mock.clock.advance('1s');
    const events = eventsIn(await response.text());
    const data = events.map(dataOf);
    expect(data.map(({ type }) => type)).toEqual(events.map(({ event }) => event));
    expect(data.map((one) => one.sequence_number)).toEqual(data.map((_, i) => i));
    expect(data.flatMap(({ delta }) => delta ?? [])).toEqual(['One', ' two', ' three', '.']);
    expect(data.at(-1).response).toMatchObject({
      status: 'completed',
      output: [{ content: [{ text: 'One two three.' }] }],
      usage: { input_tokens: 2, output_tokens: 4, total_tokens: 6 },
    });
  });

  test('messages in blocks, with a ping', async () => {
    const { mock, send } = await reach(way, { profile: profileAt('messages') });
    const headers = { 'x-api-key': 'sk-1' };
    const response = await send('/v1/messages', chat({ max_tokens: 2 }, { headers }));
    expect(mock.quotas()).toEqual([]);
    await mock.clock.advance(300);
    expect(mock.quotas()).toMatchObject([{ policy: 'output-tokens', used: 1 }]);
    await mock.clock.advance('1s');
    const text = await response.text();
    expect(text).toContain('event: ping\ndata: {"type":"ping"}\n\n');
    expect(eventsIn(text).map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(eventsIn(text).map(dataOf)).toContainEqual({
      type: 'message_delta',
      delta: { stop_reason: 'max_tokens', stop_sequence: null },
      usage: { output_tokens: 2 },
    });
    expect(mock.quotas()).toMatchObject([{ policy: 'output-tokens', used: 2 }]);
  });
});
