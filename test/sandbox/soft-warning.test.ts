/** Soft limits: passing a share of a quota is told once per window, by the journal, the log and the events; and what a forced refusal tells to wait. */

import { describe, expect, it } from 'vitest';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import { loadProvider } from '../../src/profile/load.js';
import type { SandboxEvent } from '../../src/sandbox/events.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

const NOON = Date.parse('2026-05-12T12:00:00Z');

function open() {
  const provider = loadProvider('full-domination', {});
  const log: string[] = [];
  const events: SandboxEvent[] = [];
  const sandbox = new Sandbox('', {
    providers: [provider],
    plans: {},
    clock: { frozen: true, now: NOON },
    log: (level, message) => level === 'warn' && log.push(message),
    deliver: async () => ({ status: 200 }),
  });
  sandbox.events.on('warning', (event) => events.push(event));
  const call = (headers: Record<string, string> = {}) => {
    const all: Record<string, string> = { authorization: 'Bearer ad_live_a', ...headers };
    const arrival = {
      method: 'GET',
      path: '/v1/audits',
      rawQuery: '',
      header: (name: string) => all[name.toLowerCase()],
      ip: '127.0.0.1',
      body: ReceivedBody.of(''),
    };
    return sandbox.handle('full-domination', arrival, { onDone: () => {} });
  };
  const use = (used: number) => sandbox.setQuota({ policy: 'token-day', partition: { token: 'ad_live_a' }, used }).used;
  const warned = () => sandbox.requests().map(({ warnings }) => warnings);
  return { sandbox, call, use, warned, log, events };
}

describe('passing 80 % of a day', () => {
  it('is told once, by the request that passes it', () => {
    const { call, use, warned, log, events } = open();
    use(39_999);
    for (let i = 0; i < 3; i++) call();
    expect(warned()).toEqual([[], ['token-day'], []]);
    expect(log).toEqual(['full-domination: more than 80 % of token-day is used (40001 of 50000)']);
    expect(events).toEqual([
      {
        id: expect.any(Number),
        type: 'warning',
        at: NOON,
        data: { profile: 'full-domination', policy: 'token-day', used: 40_001, limit: 50_000, above: 0.8 },
      },
    ]);
  });

  it('is told again on the next day', () => {
    const { call, sandbox, use, warned } = open();
    use(40_000);
    call();
    sandbox.clock.advance(12 * 3_600_000);
    use(40_000);
    call();
    expect(warned()).toEqual([['token-day'], ['token-day']]);
  });

  it('is not done by what turns out to be free, nor by what is refused', () => {
    const { call, sandbox, use, warned } = open();
    use(40_000);
    expect((call({ 'if-none-match': '*' }) as Answer).status).toBe(304);
    sandbox.setQuota({ policy: 'token-minute', partition: { token: 'ad_live_a' }, remaining: 0 });
    expect((call() as Answer).status).toBe(429);
    expect(warned()).toEqual([[], []]);
  });

  it('is told of what is used when the answer is sent', async () => {
    const { call, sandbox, use, warned, events } = open();
    use(39_999);
    sandbox.addFault({ delayMs: 2_000, times: 1 });
    const late = call();
    sandbox.addFault({ delayMs: 1_000, status: 304, times: 1 });
    const free = call();
    void sandbox.clock.advance(1_000);
    expect((await free).status).toBe(304);
    // 40,000 now, the late one included: no more than 80 %.
    void sandbox.clock.advance(1_000);
    expect((await late).status).toBe(200);
    expect(warned()).toEqual([[], []]);
    expect(events).toEqual([]);
    call();
    expect(warned().at(-1)).toEqual(['token-day']);
  });
});

describe('a 429 that a fault asks for', () => {
  it('tells to wait a second, in its body and in Retry-After', () => {
    const { sandbox, call } = open();
    sandbox.addFault({ status: 429, times: 1 });
    const { status, headers, body } = call() as Answer;
    expect(status).toBe(429);
    expect(headers).toMatchObject({ 'Retry-After': '1', 'X-RateLimit-Remaining': '119' });
    expect(JSON.parse(String(body))).toEqual({
      error: { code: 'rate_limited', message: 'Too many requests. Retry after 1 seconds.', retryAfterSec: 1 },
    });
    expect(sandbox.requests()).toMatchObject([{ status: 429, admitted: true }]);
  });

  it('leaves Retry-After to the fault, where that gives one', () => {
    const { sandbox, call } = open();
    sandbox.addFault({ status: 429, headers: { 'Retry-After': '7' }, times: 1 });
    expect((call() as Answer).headers['Retry-After']).toBe('7');
  });
});
