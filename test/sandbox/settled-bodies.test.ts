/** Bodies that report a quota agree with the headers of the same response, whatever settlement gave back or took on top. */
import { describe, expect, it } from 'vitest';
import { documented, openLab, refusal } from './lab.js';

const assumed = { level: 'assumed' };
const left = '${policies.units.remaining}';
const headers = { 'X-Left': { policy: 'units', value: 'remaining', evidence: assumed } };
const policy = (more: object) => ({
  units: {
    algorithm: 'fixed-window',
    quota: 1000,
    window: { length: '60s', start: 'first-request' },
    partitionBy: ['key'],
    cost: [{ units: 101 }],
    refusal,
    evidence: documented,
    ...more,
  },
});

/** What the header and the body of an answer say. */
function both({ headers: sent, body }: { headers: object; body: unknown }) {
  return { header: (sent as Record<string, string>)['X-Left'], body: JSON.parse(String(body)) as unknown };
}

describe('a body that reports what is left', () => {
  it.each([
    ['less', 46, '954', 954],
    ['more', 300, '700', 700],
    ['the same', 101, '899', 899],
  ])('is right where the response cost %s', (_, cost, header, remaining) => {
    const operations = {
      listThings: {
        behaviour: 'respond',
        body: { cost, left, pair: `\${policies.units.used}/1000` },
        evidence: assumed,
      },
    };
    const { call } = openLab(policy({ actualCost: [{ units: 'response.cost' }] }), { headers, operations });
    expect(both(call())).toEqual({ header, body: { cost, left: remaining, pair: `${1000 - remaining}/1000` } });
  });

  it.each([
    ['less', 46],
    ['more', 300],
    ['the same', 101],
    ['nothing', 0],
  ])('says what the request asked for, and was charged, where the response cost %s', (_, cost) => {
    const body = { cost, asked: '${policies.units.cost}', charged: '${policies.units.charged}' };
    const operations = { listThings: { behaviour: 'respond', body, evidence: assumed } };
    const { call } = openLab(policy({ actualCost: [{ units: 'response.cost' }] }), { headers, operations });
    expect(JSON.parse(String(call().body))).toEqual({ cost, asked: 101, charged: cost });
  });

  it.each<[string, object, unknown]>([
    ['a fixed window', {}, 1000 / 60],
    ['a bucket', { algorithm: 'token-bucket', refill: 30 }, 0.5],
    ['a bucket without refill', { algorithm: 'token-bucket', quota: 600 }, 10],
    ['a queue', { algorithm: 'leaky-bucket', queue: 900, quota: 120 }, 2],
    ['a stock', { algorithm: 'stock', window: undefined }, null],
  ])('says how much comes back per second: %s', (_, more, rate) => {
    const operations = {
      listThings: { behaviour: 'respond', body: { rate: `\${policies.units.rate}` }, evidence: assumed },
    };
    const { call } = openLab(policy(more), { operations });
    expect(JSON.parse(String(call().body))).toEqual({ rate });
  });

  it('says what a refused request asked for, and that it was charged nothing', () => {
    const body = { asked: '${policies.units.cost}', charged: '${policies.units.charged}' };
    const errors = { limited: { status: 429, body, evidence: assumed } };
    const { call } = openLab(policy({ quota: 150 }), { headers, errors });
    call();
    expect(JSON.parse(String(call().body))).toEqual({ asked: 101, charged: 0 });
  });

  it('is right where the response was free', () => {
    const operations = { listThings: { behaviour: 'respond', status: 202, body: { left }, evidence: assumed } };
    const { call } = openLab(policy({ free: [{ status: [202] }] }), { headers, operations });
    expect(both(call())).toEqual({ header: '1000', body: { left: 1000 } });
  });

  it('is right in an error that is free, and shows no credential', () => {
    const errors = { missing: { status: 404, body: { left, path: '${request.path}' }, evidence: assumed } };
    const { call } = openLab(policy({ free: [{ status: [404] }] }), { headers, errors });
    expect(both(call({ path: '/things/none' }))).toEqual({
      header: '1000',
      body: { left: 1000, path: '/things/none' },
    });
  });

  it('keeps the ids that it was given', () => {
    const body = { id: '${new.uuid}', left, same: '${new.lower12}' };
    const operations = { listThings: { behaviour: 'respond', body, evidence: assumed } };
    const ids = (more: object) => {
      const { body: shown } = both(openLab(policy(more), { headers, operations }).call()) as { body: typeof body };
      return [shown.id, shown.same];
    };
    expect(ids({ free: [{ status: [200] }] })).toEqual(ids({}));
  });

  it('is sent again from the cache, and for an idempotency key, as it was sent', () => {
    const operations = {
      listThings: { behaviour: 'respond', body: { left }, evidence: assumed },
      addThing: { behaviour: 'respond', body: { left }, evidence: assumed },
    };
    const cache = { ttl: '60s', header: 'X-Cache', evidence: assumed };
    const idempotency = {
      header: 'X-Key',
      operations: ['addThing'],
      ttl: '60s',
      conflict: 'failed',
      evidence: assumed,
    };
    const free = [{ status: [200] }];
    const { call } = openLab(policy({ free }), { headers, operations, cache, idempotency });
    for (const one of [{}, { method: 'POST', body: {} }]) {
      expect(both(call(one)).body).toEqual({ left: 1000 });
      expect(both(call(one)).body).toEqual({ left: 1000 });
    }
  });

  it('has an entity tag of its own', () => {
    const operations = { listThings: { behaviour: 'respond', body: { left }, evidence: assumed } };
    const more = { headers, operations, etag: { evidence: assumed } };
    const tagOf = (free: object) => openLab(policy(free), more).call().headers['ETag'];
    expect(tagOf({ free: [{ status: [200] }] })).not.toBe(tagOf({}));
  });
});
