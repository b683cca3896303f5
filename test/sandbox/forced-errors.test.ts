/** Which of the profile's errors a fault's status stands for, and what such an answer tells of the quota. */
import { describe, expect, it } from 'vitest';
import { openShop } from './shop.js';

describe('a forced status', () => {
  const forced = (status: number, target: string) => {
    const { call, sandbox } = openShop();
    sandbox.addFault({ status });
    return call('GET', target);
  };

  it('is the refusal of a policy that the request met, where it looks like one', () => {
    expect(forced(429, '/people').body).toMatchObject({ error: 'limited', limit: 100 });
    expect(forced(429, '/status').body).toMatchObject({ state: 'busy' });
  });

  it('tells in its body what its own headers tell, after the refund', () => {
    expect(forced(429, '/people')).toEqual({
      status: 429,
      left: '100',
      body: { error: 'limited', limit: 100, left: 100 },
    });
    expect(forced(429, '/status')).toEqual({ status: 429, left: '59', body: { state: 'busy', left: 59 } });
  });

  it('is settled once', () => {
    const { call, sandbox } = openShop();
    call('GET', '/people');
    sandbox.addFault({ status: 429, times: 1 });
    call('GET', '/people');
    expect(call('GET', '/people').left).toBe('98');
  });

  it('means an error that speaks of other requests only for those', () => {
    expect(forced(503, '/status').body).toEqual({ state: 'down' });
    expect(forced(503, '/people')).toMatchObject({ status: 503, body: { error: 'failed' } });
  });
});

describe('a guard after the requirements', () => {
  it('is asked once they hold', () => {
    const { call } = openShop();
    expect(call('DELETE', '/people').body).toEqual({ error: 'unnamed' });
    expect(call('DELETE', '/people?ref=secret')).toMatchObject({ status: 403, body: { error: 'closed' } });
    expect(call('DELETE', '/people?ref=other').status).toBe(404);
  });
});

describe('where no caller is known', () => {
  it('holds the default account to its own quotas, and shows them so', () => {
    const { call, sandbox } = openShop();
    sandbox.setAccount('shop', 'default', { quotas: { 'ip-minute': 1 } });
    expect(call('GET', '/status')).toMatchObject({ status: 200, left: '0' });
    expect(call('GET', '/status').status).toBe(429);
    expect(sandbox.quotas()).toMatchObject([{ policy: 'ip-minute', limit: 1, used: 1, remaining: 0 }]);
  });
});
