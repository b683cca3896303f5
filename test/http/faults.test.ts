/** Which requests a fault is for, and what it does to an answer: the same in-process and over a socket. */
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults/schema.js';
import { closeMocks, type Reached, reach, START, WAYS } from '../helpers/ways.js';

const PATH = '/api/v1/domains';
const KEY = 'ak_live_demo';
const init = { headers: { authorization: `Bearer ${KEY}` } };

afterEach(closeMocks);

describe.each(WAYS)('%s', (way) => {
  const start = () => reach(way, { profile: 'aiclicks', set: ['policies.key-minute.quota=10'] });
  const arrange = async ({ control }: Reached, fault: FaultInput) => {
    const { status, body } = await control('POST', '/faults', fault);
    expect([status, body.detail]).toEqual([201, undefined]);
    return body;
  };
  const statuses = async ({ send }: Reached, count: number) => {
    const found: number[] = [];
    for (let i = 0; i < count; i++) found.push((await send(PATH, init)).status);
    return found;
  };
  const exhaust = ({ mock }: Reached) => mock.setQuota({ policy: 'key-minute', partition: { key: KEY }, remaining: 0 });

  describe('a fault is for', () => {
    test('the nth request only, and is gone then', async () => {
      const reached = await start();
      await arrange(reached, { match: { path: PATH, nth: 3 }, status: 503 });
      await reached.send('/api/v1/nowhere', init);
      expect(await statuses(reached, 6)).toEqual([200, 200, 503, 200, 200, 200]);
      expect((await reached.control('GET', '/faults')).body).toEqual({ faults: [] });
    });

    test('every nth request, as often as it may', async () => {
      const reached = await start();
      await arrange(reached, { match: { everyNth: 2 }, status: 503, times: 3 });
      expect(await statuses(reached, 9)).toEqual([200, 503, 200, 503, 200, 503, 200, 200, 200]);
    });

    test('its own nth request, whoever answers the others', async () => {
      const reached = await start();
      await arrange(reached, { match: { nth: 1 }, status: 500 });
      await arrange(reached, { match: { nth: 2 }, status: 503 });
      expect(await statuses(reached, 3)).toEqual([500, 503, 200]);
    });

    test('a share of the requests, the same ones every time', async () => {
      const run = async (match: FaultInput['match']) => {
        const reached = await reach(way, { profile: 'aiclicks', set: ['policies.key-minute.quota=1000'] });
        await arrange(reached, { match, status: 503 });
        return statuses(reached, 60);
      };
      const once = await run({ probability: 0.3, seed: 7 });
      const failed = once.filter((status) => status === 503).length;
      expect(failed).toBeGreaterThan(5);
      expect(failed).toBeLessThan(35);
      expect(await run({ probability: 0.3, seed: 7 })).toEqual(once);
      expect(await run({ probability: 0.3, seed: 8 })).not.toEqual(once);
      const own = await run({ probability: 0.3 });
      expect(await run({ probability: 0.3 })).toEqual(own);
      expect(new Set(await run({ probability: 0 }))).toEqual(new Set([200]));
      expect(new Set(await run({ probability: 1 }))).toEqual(new Set([503]));
    });

    test('one profile of several', async () => {
      const reached = await reach(way, { profile: ['aiclicks', 'klinky'] });
      await arrange(reached, { match: { profile: 'klinky' }, status: 503 });
      expect((await reached.send(`/aiclicks${PATH}`, init)).status).toBe(200);
      const headers = { 'x-api-key': 'klinky_live_a' };
      expect((await reached.send('/klinky/api/v1/public/links', { headers })).status).toBe(503);
    });

    test('a while, by the clock', async () => {
      const reached = await start();
      const { mock } = reached;
      const added = await arrange(reached, { status: 503, expiresInMs: 60_000 });
      expect(added.expiresAt).toBe('2026-05-12T08:01:00.000Z');
      await mock.clock.advance(59_999);
      expect(await statuses(reached, 1)).toEqual([503]);
      await mock.clock.advance(1);
      expect(await statuses(reached, 1)).toEqual([200]);
      expect(mock.faults.list()).toEqual([]);
      expect((await reached.control('DELETE', `/faults/${added.id}`)).status).toBe(404);
      // As for all that goes by the clock: before its end it has not ended.
      await mock.clock.set({ now: START });
      expect(await statuses(reached, 1)).toEqual([503]);
    });
  });

  describe('a refused request', () => {
    test('uses up no fault and is not counted by one', async () => {
      const reached = await start();
      await arrange(reached, { match: { nth: 1 }, retryAfter: 'missing' });
      await arrange(reached, { headers: { 'x-extra': '1' }, times: 1 });
      exhaust(reached);
      const refused = await reached.send(PATH, init);
      expect(refused.status).toBe(429);
      expect([refused.headers.get('retry-after'), refused.headers.get('x-extra')]).toEqual(['60', null]);
      expect(reached.mock.faults.list().map(({ matched, used }) => [matched, used])).toEqual([
        [0, 0],
        [0, 0],
      ]);
    });

    test('meets a fault that is for refusals', async () => {
      const reached = await start();
      await arrange(reached, { retryAfter: 'http-date', onRefusals: true, times: 1 });
      await arrange(reached, { retryAfter: 'missing', onRefusals: true, times: 1 });
      await arrange(reached, { retryAfter: 7, onRefusals: true, times: 1 });
      exhaust(reached);
      const told: (string | null)[] = [];
      for (let i = 0; i < 4; i++) told.push((await reached.send(PATH, init)).headers.get('retry-after'));
      expect(told).toEqual(['Tue, 12 May 2026 08:01:00 GMT', null, '7', '60']);
    });

    test('stays refused when it is held up, and tells what is true by then', async () => {
      const reached = await start();
      await arrange(reached, { delayMs: 20_000, onRefusals: true });
      exhaust(reached);
      const answer = reached.send(PATH, init);
      while (reached.mock.inFlight().length === 0) await new Promise((resolve) => setImmediate(resolve));
      await reached.mock.clock.advance('20s');
      const refused = await answer;
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
      expect(reached.mock.requests()).toMatchObject([{ status: 429, admitted: false }]);
    });

    test('may be answered otherwise, and is charged as the refusal is', async () => {
      const reached = await start();
      exhaust(reached);
      await reached.send(PATH, init);
      const { used } = reached.mock.quotas()[0]!;
      await arrange(reached, { status: 503, onRefusals: true });
      const answer = await reached.send(PATH, init);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, null]);
      expect(reached.mock.requests()).toMatchObject([{ status: 429 }, { status: 503, admitted: false }]);
      expect(reached.mock.quotas()).toMatchObject([{ used: used + (used - 10) }]);
    });

    test('without access meets none', async () => {
      const reached = await start();
      await arrange(reached, { status: 503, onRefusals: true });
      expect((await reached.send(PATH)).status).toBe(401);
    });
  });

  describe('Retry-After', () => {
    test('is not made up where there is none, but for a number', async () => {
      const reached = await start();
      await arrange(reached, { retryAfter: 'http-date', times: 1 });
      await arrange(reached, { retryAfter: 'missing', times: 1 });
      await arrange(reached, { retryAfter: 0, times: 1 });
      await arrange(reached, { status: 503, headers: { 'retry-after': '5' }, retryAfter: 'http-date', times: 1 });
      const told: (string | null)[] = [];
      for (let i = 0; i < 4; i++) told.push((await reached.send(PATH, init)).headers.get('retry-after'));
      expect(told).toEqual([null, null, '0', 'Tue, 12 May 2026 08:00:05 GMT']);
    });
  });

  describe('a body that breaks off', () => {
    /** What arrives, and how it ends. */
    const receive = async ({ send }: Reached) => {
      const response = await send(PATH, init);
      const announced = Number(response.headers.get('content-length'));
      const reader = response.body!.getReader();
      let received = 0;
      try {
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) received += piece.value.length;
        return { status: response.status, announced, received, end: 'whole' };
      } catch (error) {
        return { status: response.status, announced, received, end: (error as Error).message };
      }
    };

    test.each([
      ['a number of bytes', 10, (_length: number) => 10],
      ['half of it', 0.5, (length: number) => Math.floor(length / 2)],
      ['nothing of it', 0, (_length: number) => 0],
    ])('sends %s', async (_what, truncateBody, expected) => {
      const reached = await start();
      const length = (await (await reached.send(PATH, init)).arrayBuffer()).byteLength;
      await arrange(reached, { truncateBody, times: 1 });
      expect(await receive(reached)).toEqual({
        status: 200,
        announced: length,
        received: expected(length),
        end: 'terminated',
      });
      // Its outcome counts like any other, and the next one is whole.
      expect(reached.mock.quotas()).toMatchObject([{ used: 2 }]);
      expect((await receive(reached)).end).toBe('whole');
      expect(reached.mock.inFlight()).toEqual([]);
    });

    test('is whole where it is no longer than what is sent', async () => {
      const reached = await start();
      await arrange(reached, { truncateBody: 1_000_000 });
      const { announced, received, end } = await receive(reached);
      expect([received, end]).toEqual([announced, 'whole']);
    });

    test('may be that of a fault, in bytes', async () => {
      const reached = await start();
      await arrange(reached, { status: 500, body: 'äöü', truncateBody: 3 });
      expect(await receive(reached)).toEqual({ status: 500, announced: 6, received: 3, end: 'terminated' });
    });

    test('is left alone where there is none', async () => {
      const reached = await start();
      await arrange(reached, { status: 204, truncateBody: 1 });
      const response = await reached.send(PATH, init);
      expect([response.status, await response.text()]).toEqual([204, '']);
    });
  });

  test.each([
    [{ match: { nth: 0 } }, 'match.nth', /1 or more/],
    [{ match: { nth: 2, everyNth: 2 } }, 'match.everyNth', /leave out nth or everyNth/],
    [{ match: { probability: 1.5 } }, 'match.probability', /from 0 \(never\) to 1/],
    [{ match: { seed: 3 } }, 'match.seed', /give one, or leave out the seed/],
    [{ truncateBody: 1.5 }, 'truncateBody', /a share below 1/],
    [{ truncateBody: -1 }, 'truncateBody', /a share below 1/],
    [{ drop: true, truncateBody: 5 }, 'truncateBody', /leave out drop or truncateBody/],
    [{ drop: true, status: 503 }, 'status', /leave out drop or status/],
    [{ retryAfter: 'soon' }, 'retryAfter', /'http-date', 'missing'|"http-date", "missing"/],
    [{ retryAfter: -1 }, 'retryAfter', /whole number of seconds/],
    [{ expiresInMs: 0 }, 'expiresInMs', /above 0/],
    [{ onRefusal: true }, 'onRefusal', /onRefusals/],
  ])('%j is refused', async (fault, field, detail) => {
    const { control, mock } = await start();
    const refused = await control('POST', '/faults', fault);
    expect(refused).toMatchObject({ status: 400, body: { field } });
    expect(refused.body.detail).toMatch(detail);
    expect(mock.faults.list()).toEqual([]);
    expect(() => mock.faults.add(fault as FaultInput)).toThrow(expect.objectContaining({ name: 'Problem' }));
  });
});
