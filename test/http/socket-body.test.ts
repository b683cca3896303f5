/**
 * Bodies as they come over a socket: whole, in pieces, too long, or broken off.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/index.js';

const PATH = '/v1/estimate';
const mocks: Mock[] = [];
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(mocks.splice(0).map((mock) => mock.close()));
});

async function start(): Promise<{ mock: Mock; open: () => Promise<Socket> }> {
  const mock = await createMock({ profile: 'prediction', maxBodyBytes: 100 });
  mocks.push(mock);
  const { port } = await mock.listen();
  const open = async () => {
    const client = connect(port, '127.0.0.1');
    clients.push(client);
    await once(client, 'connect');
    return client;
  };
  return { mock, open };
}

const head = (...lines: string[]) =>
  `${[
    `POST ${PATH} HTTP/1.1`,
    'Host: localhost',
    'Authorization: Bearer sk_live_a',
    'Content-Type: application/json',
    ...lines,
  ]
    .map((line) => `${line}\r\n`)
    .join('')}\r\n`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** Sends the pieces one by one, each once the one before has left, and waits for the answer's beginning. */
async function answer(client: Socket, ...pieces: (string | Buffer)[]): Promise<string> {
  const answered = once(client, 'data') as Promise<[Buffer]>;
  for (const piece of pieces) await new Promise<void>((resolve) => client.write(piece, () => resolve()));
  return String((await answered)[0]);
}

test('a body in pieces is one body, whatever character they break in', async () => {
  const { mock, open } = await start();
  const whole = Buffer.from('{"owner":"o","model":"m","input":{"prompt":"Schlüssel"}}');
  const cut = whole.indexOf(Buffer.from('ü')) + 1;
  const text = await answer(
    await open(),
    head(`Content-Length: ${whole.length}`),
    whole.subarray(0, cut),
    whole.subarray(cut),
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  const [first] = mock.requests();
  await answer(await open(), head(`Content-Length: ${whole.length}`), whole);
  expect(mock.requests()[1]!.bodyHash).toBe(first!.bodyHash);
});

test('a byte order mark in front of it says nothing', async () => {
  const { mock, open } = await start();
  const text = await answer(
    await open(),
    head('Transfer-Encoding: chunked'),
    chunk('\ufeff{"owner":"o","model":"m","input":{}}') + chunk(''),
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  const [marked] = mock.requests();
  await answer(
    await open(),
    head('Transfer-Encoding: chunked'),
    chunk('{"owner":"o","model":"m","input":{}}') + chunk(''),
  );
  expect(mock.requests()[1]!.bodyHash).toBe(marked!.bodyHash);
});

test.each([
  ['by its length', [head('Content-Length: 101')]],
  ['once more than that has come', [head('Transfer-Encoding: chunked'), chunk('x'.repeat(60)), chunk('x'.repeat(60))]],
])('one that is too long is refused %s, before it has ended', async (_how, pieces) => {
  const { mock, open } = await start();
  const text = await answer(await open(), ...pieces);
  expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(mock.requests()).toMatchObject([{ admitted: true, bodyHash: undefined }]);
});

test('of one that breaks off nothing is admitted', async () => {
  const { mock, open } = await start();
  const client = await open();
  await new Promise<void>((resolve) => client.write(`${head('Content-Length: 50')}{"owner":`, () => resolve()));
  client.destroy();
  // Whoever comes next finds that the first had not come at all.
  const text = await answer(await open(), head('Content-Length: 36'), '{"owner":"o","model":"m","input":{}}');
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(mock.requests()).toHaveLength(1);
  expect(mock.quotas()).toMatchObject([{ used: 1 }]);
});

/** Sends all at once, and waits for so many answers. */
async function answers(client: Socket, text: string, count: number): Promise<string[]> {
  let received = '';
  return new Promise((resolve) => {
    client.on('data', (data: Buffer) => {
      received += String(data);
      const statuses = received.match(/HTTP\/1\.1 \d{3}/g) ?? [];
      if (statuses.length >= count) resolve(statuses.map((status) => status.slice(-3)));
    });
    client.write(text);
  });
}

const MODEL = 'GET /v1/models/flux-kontext-max HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_live_a\r\n';
const BODY = '{"owner":"o","model":"m","input":{}}';

test('one in several pieces that come at once is one body', async () => {
  const { mock, open } = await start();
  const pieces = [BODY.slice(0, 5), BODY.slice(5, 9), BODY.slice(9)].map(chunk).join('');
  expect(await answers(await open(), head('Transfer-Encoding: chunked') + pieces + chunk(''), 1)).toEqual(['200']);
  expect(await answers(await open(), head(`Content-Length: ${BODY.length}`) + BODY, 1)).toEqual(['200']);
  const [pieced, whole] = mock.requests();
  expect(pieced!.bodyHash).toBe(whole!.bodyHash);
});

test('those of requests behind one another on a connection are told apart, also where a GET has one', async () => {
  const { mock, open } = await start();
  const post = (body: string) => head(`Content-Length: ${body.length}`) + body;
  const client = await open();
  const all = [
    post(BODY),
    `${MODEL}Content-Length: 5\r\n\r\n12345`,
    post(BODY.replace('"o"', '"p"')),
    `${MODEL}\r\n`,
    head('Content-Length: 0'),
    `${MODEL}Transfer-Encoding: chunked\r\n\r\n${chunk('ab')}${chunk('c')}${chunk('')}`,
    post(BODY),
  ];
  expect(await answers(client, all.join(''), 7)).toEqual(['200', '200', '200', '200', '400', '200', '200']);
  expect(await answers(client, all[0]!, 1)).toEqual(['200']);
  const hashes = mock.requests().map(({ method, bodyHash }) => (method === 'POST' ? bodyHash : undefined));
  expect(hashes[0]).toMatch(/^[\w-]{12}$/);
  expect(hashes).toEqual([
    hashes[0],
    undefined,
    expect.stringMatching(/^[\w-]{12}$/),
    undefined,
    undefined,
    undefined,
    hashes[0],
    hashes[0],
  ]);
  expect(hashes[2]).not.toBe(hashes[0]);
});

test('its hash in the journal is the beginning of its SHA-256', async () => {
  const { mock, open } = await start();
  for (const n of [1, 2, 3, 4, 5]) {
    const body = BODY.replace('"o"', `"${n}"`);
    await answer(await open(), head(`Content-Length: ${body.length}`), body);
    const sha = createHash('sha256').update(body).digest('base64url');
    expect(mock.requests().at(-1)!.bodyHash).toBe(sha.slice(0, 12));
  }
});
