/**
 * Bodies as they come over a socket: whole, in pieces, too long, or broken off.
 */
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
