/** `GET /__mock429/health` over a socket: the quick answer says what the control API says, and refuses nobody and admits nobody that it would not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMock, type Listening, type Mock } from '../../src/index.js';
import { exchange } from '../helpers/raw.js';

let mock: Mock;
let server: Listening;

beforeAll(async () => {
  mock = await createMock({ profile: ['klinky', 'prediction'], controlToken: 'sesame' });
  server = await mock.listen();
});
afterAll(() => mock.close());

const PATH = '/__mock429/health';

/** Status, type and body; the rest of the head depends on the way. */
async function answerTo(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, { headers });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    cache: response.headers.get('cache-control'),
    body: await response.json(),
  };
}

describe('the readiness probe', () => {
  it('is answered as the control API answers it', async () => {
    // A query is nothing to the call, and keeps the request off the quick way.
    const [quick, whole] = [await answerTo(PATH), await answerTo(`${PATH}?`)];
    expect(quick).toEqual(whole);
    expect(quick).toEqual({
      status: 200,
      type: 'application/json',
      cache: 'no-store',
      body: { status: 'ok', version: expect.stringMatching(/^\d/), profiles: ['klinky', 'prediction'] },
    });
  });

  it.each([
    ['a foreign origin', { Origin: 'http://evil.example' }, 403, 'foreign-origin'],
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }, 403, 'foreign-site'],
    ['a webhook', { 'X-Mock429-Webhook': '1' }, 403, 'webhook'],
  ])('is refused to %s', async (_who, headers, status, code) => {
    const answer = await answerTo(PATH, headers);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer).toEqual(await answerTo(`${PATH}?`, headers));
  });

  it('is refused under a foreign host', async () => {
    const { port } = new URL(server.url);
    const answer = await exchange(
      Number(port),
      `GET ${PATH} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toContain('403');
    expect(answer).toContain('foreign-host');
  });

  it('is answered to who shows the token, whatever its origin', async () => {
    const headers = { Origin: 'http://evil.example', Authorization: 'Bearer sesame' };
    expect(await answerTo(PATH, headers)).toMatchObject({ status: 200 });
  });
});
