/** Pages in browsers: they may use the providers, and never the control API. The same in-process and over a socket. */
import { afterEach, describe, expect, test } from 'vitest';
import { closeMocks, reach, WAYS } from '../helpers/ways.js';

const PATH = '/api/v1/public/links';
const KEY = { 'x-api-key': 'klinky_live_growth' };
const ORIGIN = { origin: 'http://localhost:5173' };

const corsHeaders = ({ headers }: Response) =>
  [...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary');
const exposed = ({ headers }: Response) => headers.get('access-control-expose-headers')?.split(', ');

afterEach(closeMocks);

describe.each(WAYS)('%s', (way) => {
  const start = (options = {}) => reach(way, { profile: 'klinky', ...options });
  const preflight = (headers: Record<string, string> = {}) => ({
    method: 'OPTIONS',
    headers: { ...ORIGIN, 'access-control-request-method': 'POST', ...headers },
  });

  test('a preflight is answered, whoever asks, and not counted', async () => {
    const { send, mock } = await start();
    const response = await send(PATH, preflight({ 'access-control-request-headers': 'content-type,x-api-key' }));
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(corsHeaders(response)).toEqual([
      ['access-control-allow-headers', 'content-type,x-api-key'],
      ['access-control-allow-methods', 'POST'],
      ['access-control-allow-origin', '*'],
      ['vary', 'Access-Control-Request-Method, Access-Control-Request-Headers'],
    ]);
    expect((await send(PATH, preflight())).headers.has('access-control-allow-headers')).toBe(false);
    mock.faults.add({ status: 503, times: 1 });
    await send(PATH, preflight());
    expect(mock.faults.list()).toMatchObject([{ matched: 0 }]);
    expect(mock.requests()).toEqual([]);
    expect(mock.quotas()).toEqual([]);
  });

  test('another OPTIONS is a request like any other', async () => {
    const { send, mock } = await start();
    const response = await send(PATH, { method: 'OPTIONS', headers: KEY });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toMatch(/GET/);
    expect(mock.requests()).toHaveLength(1);
  });

  test('an answer to a page names what it may read: limits, Retry-After, the request’s id and what else there is', async () => {
    const { send } = await start();
    const response = await send(PATH, { headers: { ...KEY, ...ORIGIN } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    const readable = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Retry-After'];
    expect(exposed(response)).toEqual(expect.arrayContaining(readable));
    expect(exposed(response)).not.toContain('Content-Type');
    const others = await reach(way, { profile: ['full-domination', 'aiclicks'] });
    const audits = await others.send('/full-domination/v1/audits', { headers: ORIGIN });
    expect(exposed(audits)).toEqual(expect.arrayContaining(['ETag', 'X-RateLimit-Reset', 'Retry-After']));
    const domains = await others.send('/aiclicks/api/v1/domains', { headers: ORIGIN });
    expect(exposed(domains)).toEqual(expect.arrayContaining(['X-Request-Id', 'X-Cache']));
  });

  test('so do refusals, faults, bodies that break off and what Prefer asks for', async () => {
    const { send, mock } = await start();
    const ask = (more = {}) => send(PATH, { headers: { ...KEY, ...ORIGIN, ...more } });
    expect(exposed(await ask({ prefer: 'code=503' }))).toContain('Preference-Applied');
    mock.faults.add({ headers: { 'X-Extra': '1' }, truncateBody: 0.5, times: 1 });
    const broken = await ask();
    expect(exposed(broken)).toContain('X-Extra');
    await expect(broken.text()).rejects.toThrow('terminated');
    mock.faults.add({ headers: { 'access-control-allow-origin': 'https://elsewhere.example' }, times: 1 });
    expect((await ask()).headers.get('access-control-allow-origin')).toBe('https://elsewhere.example');
    mock.setQuota({ id: mock.quotas()[0]!.id, remaining: 0 });
    const refused = await ask();
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, '*']);
    expect(exposed(refused)).toContain('Retry-After');
  });

  test('an answer without an Origin has none of it', async () => {
    const [on, off] = [await start(), await start({ cors: false })];
    const answers = await Promise.all([on, off].map(({ send }) => send(PATH, { headers: KEY })));
    const [first, second] = await Promise.all(
      answers.map(async (one) => [one.status, [...one.headers], await one.text()]),
    );
    expect(first).toEqual(second);
    expect(corsHeaders(answers[0]!)).toEqual([]);
  });

  test('a setting turns it off', async () => {
    const { send, mock } = await start({ cors: false });
    expect(corsHeaders(await send(PATH, { headers: { ...KEY, ...ORIGIN } }))).toEqual([]);
    expect((await send(PATH, preflight())).status).not.toBe(204);
    expect(mock.requests()).toHaveLength(2);
  });

  test('the control API has none of it', async () => {
    const { send } = await start();
    for (const init of [preflight(), { headers: ORIGIN }]) {
      const response = await send('/__mock429/clock', init);
      if (way === 'over a socket') expect(response.status).toBe(403);
      expect(corsHeaders(response)).toEqual([]);
    }
  });
});
