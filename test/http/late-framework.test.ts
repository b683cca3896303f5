/**
 * A server loads its framework when a request needs it. Such a request has come, whatever takes place before it is answered.
 */
import { afterEach, expect, test, vi } from 'vitest';
import type { Listening } from '../../src/http/listening.js';
import { TrustedProxies } from '../../src/http/socket/client-address.js';
import type { AnswerRequest } from '../../src/http/web/lazy-app.js';

const servers: Listening[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** A server that has not loaded it; `arrived` resolves when a request has come, before anything is loaded for it. */
async function serve(answer: AnswerRequest) {
  vi.resetModules();
  const { listen } = await import('../../src/http/server.js');
  const arrived = signal();
  const direct = () => {
    arrived.give();
    return { target: '/', host: 'localhost', refusal: undefined };
  };
  const server = await listen(answer, direct, {
    port: 0,
    host: '127.0.0.1',
    trustedProxies: new TrustedProxies([]),
    beforeClose: async () => {},
  });
  servers.push(server);
  return { ...server, arrived: arrived.given };
}

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

const echo: AnswerRequest = async (request) => new Response(`${request.method} ${await request.text()}`);

test('the first requests are all answered, with their bodies', async () => {
  const { url } = await serve(echo);
  const bodies = ['a', 'b', 'x'.repeat(300_000)];
  const answers = await Promise.all(bodies.map((body) => fetch(url, { method: 'POST', body })));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(bodies.map((body) => `POST ${body}`));
});

test('closing waits for it', async () => {
  const { url, close, arrived } = await serve(echo);
  const asked = fetch(url, { method: 'POST', body: 'late' });
  await arrived;
  const closed = close();
  expect(await (await asked).text()).toBe('POST late');
  await closed;
});

test('who leaves meanwhile is known to have left', async () => {
  const gone = signal();
  const { url, arrived } = await serve((_request, { connection }) => {
    connection.onDone(gone.give);
    connection.markDelayed?.();
    return gone.given.then(() => new Response('nobody hears this'));
  });
  const leaving = new AbortController();
  const asked = fetch(url, { signal: leaving.signal });
  await arrived;
  leaving.abort();
  await expect(asked).rejects.toThrow('aborted');
  await gone.given;
});
