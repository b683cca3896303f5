/** Requests that come together are answered in their order, and are in flight together. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createMock, type Mock } from '../../src/index.js';

const mocks: Mock[] = [];
const clients: Socket[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(mocks.splice(0).map((mock) => mock.close()));
});

const BODY = JSON.stringify({ briefs: [{ title: 'A', targetPrompt: 'b', outlineAngle: 'c' }] });
const HEAD = 'HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ad_live_a\r\nContent-Type: application/json\r\n';
const read = `GET /v1/audits/aud_01 ${HEAD}\r\n`;
const draft = `POST /v1/content/draft ${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** Sends them in one piece, and waits for an answer to each. */
async function answers(client: Socket, requests: readonly string[]): Promise<string[]> {
  let received = '';
  client.write(requests.join(''));
  for (;;) {
    received += String(((await once(client, 'data')) as [Buffer])[0]);
    const heads = received.split('HTTP/1.1 ').slice(1);
    if (heads.length === requests.length && received.endsWith('}')) return heads;
  }
}

async function open(): Promise<{ mock: Mock; client: Socket }> {
  const mock = await createMock({ profile: 'full-domination' });
  mocks.push(mock);
  const client = connect((await mock.listen()).port, '127.0.0.1');
  clients.push(client);
  await once(client, 'connect');
  return { mock, client };
}

test('no request overtakes another of its connection, with a body or without', async () => {
  const { mock, client } = await open();
  const heads = await answers(client, [draft, read, draft, read, read, draft]);
  const remaining = heads.map((head) => /X-RateLimit-Remaining: (\d+)/.exec(head)![1]);
  expect(remaining).toEqual(['119', '118', '117', '116', '115', '114']);
  expect(mock.requests().map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'GET', 'GET', 'POST']);
});

test.each([
  ['reads', read],
  ['drafts', draft],
])('those that come together are in flight together: %s', async (_what, request) => {
  const { mock, client } = await open();
  const statuses = (await answers(client, Array(25).fill(request))).map((head) => head.slice(0, 3));
  expect(statuses.slice(20)).toEqual(Array(5).fill('429'));
  expect(new Set(statuses.slice(0, 20)).size).toBe(1);
  expect(mock.requests().filter(({ refusedBy }) => refusedBy === 'token-in-flight')).toHaveLength(5);
  // Once they have been answered there is room again.
  expect((await answers(client, [read]))[0]).toMatch(/^200/);
});

test.each([
  ['a read', read],
  ['a draft', draft],
])('%s is answered while a test has timers of its own', async (_what, request) => {
  const { client } = await open();
  vi.useFakeTimers();
  expect((await answers(client, [request]))[0]).toMatch(/^20[02]/);
});
