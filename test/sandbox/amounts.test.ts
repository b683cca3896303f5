/** Amounts of accounts and of buckets hold the rules of the profile's own, and what a request says that it costs can do no harm. */
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/sandbox/control/problem.js';
import { openLab } from './lab.js';

const evidence = { level: 'assumed' };
const refusal = { error: 'limited', charges: 'self' };
const window = { length: '60s', start: 'first-request' };
const policy = (algorithm: string, more: object) => ({
  algorithm,
  quota: 3,
  ...(algorithm === 'concurrency'
    ? {}
    : { window: algorithm === 'sliding-window' ? { ...window, start: 'utc' } : window }),
  partitionBy: ['key'],
  refusal,
  evidence,
  ...more,
});

const told = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, field: error.field, detail: error.detail };
  }
};

describe('an amount that cannot be counted', () => {
  const lab = () =>
    openLab({
      requests: policy('fixed-window', {}),
      money: policy('fixed-window', { unit: 'usd', scale: 100 }),
      log: policy('sliding-log', {}),
    });

  it.each([
    ['requests', 0.5, /0.5 is no whole number \(requests counts requests\); write a whole number/],
    ['requests', 1e300, /more than can be counted/],
    ['requests', -1, /no number from 0 up/],
    ['requests', Number.NaN, /no number from 0 up/],
    ['money', 0.005, /no whole number of 1\/100 \(money counts usd\)/],
    ['log', 1_000_000_000, /write 1000000 at most/],
  ])('is no quota of an account: %s %d', (id, amount, detail) => {
    const { sandbox } = lab();
    expect(told(() => sandbox.setAccount('lab', 'acme', { quotas: { [id]: amount } }))).toEqual({
      code: 'bad-amount',
      field: `quotas.${id}`,
      detail: expect.stringMatching(detail),
    });
    expect(sandbox.accounts('lab').map((account) => account.id)).not.toContain('acme');
  });

  it.each([
    ['requests', 0.5],
    ['requests', 1e300],
    ['money', 0.005],
    ['log', 1_000_000_000],
  ])('is neither used nor left: %s %d', (id, amount) => {
    for (const field of ['used', 'remaining']) {
      const change = { policy: id, partition: { key: 'k_a' }, [field]: amount };
      expect(told(() => lab().sandbox.setQuota(change))).toMatchObject({ code: 'bad-amount', field });
    }
  });

  it('is no quota of an account in a snapshot', () => {
    const { sandbox } = lab();
    sandbox.setAccount('lab', 'acme', { quotas: { requests: 5 } });
    const text = JSON.stringify(sandbox.snapshot()).replace('"requests":5', '"requests":0.5');
    expect(told(() => sandbox.restore(JSON.parse(text), (fault) => fault))).toMatchObject({
      detail: expect.stringMatching(/0.5 is no whole number/),
    });
  });

  it('is none where it is nothing, or a fraction that is counted', () => {
    const { sandbox } = lab();
    const { quotas } = sandbox.setAccount('lab', 'acme', { quotas: { requests: 0, money: 0.29 } });
    expect(quotas).toEqual({ requests: 0, money: 0.29 });
    expect(sandbox.setQuota({ policy: 'money', partition: { key: 'k_a' }, used: 0.29 })).toMatchObject({
      used: 0.29,
      remaining: 2.71,
    });
  });
});

describe.each(['fixed-window', 'sliding-window', 'sliding-log', 'token-bucket', 'concurrency'])('%s', (algorithm) => {
  it('refuses and charges requests that say that they cost more than there is', () => {
    // A refused request holds no unit, so a limit of requests in flight cannot charge it.
    const charges = algorithm === 'concurrency' ? { refusal: { error: 'limited' } } : {};
    const { sandbox, call } = openLab({ one: policy(algorithm, { cost: [{ units: 'body.cost' }], ...charges }) });
    const held: (() => void)[] = [];
    for (const cost of [1e300, 5e8, 1e15, Number.MAX_VALUE, 1e300]) {
      const { status } = call({ method: 'POST', body: { cost }, hold: (left) => held.push(left) });
      expect(status).toBe(429);
    }
    // All that tells of the bucket tells an instant that can be shown.
    for (const { resetAt } of sandbox.quotas())
      if (resetAt !== null) expect(Number.isFinite(Date.parse(resetAt))).toBe(true);
    expect(JSON.stringify(sandbox.requests()).length).toBeGreaterThan(0);
    for (const left of held) left();
    expect(() => sandbox.restore(sandbox.snapshot(), (fault) => fault)).not.toThrow();
  });
});
