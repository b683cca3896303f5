/** Idempotency keys: which responses a profile stores, and what tells a repeated one from the first. */
import { expect, it } from 'vitest';
import { documented as evidence, openLab, refusal } from './lab.js';

const m = {
  algorithm: 'fixed-window',
  quota: 3,
  window: { length: '60s', start: 'first-request' },
  partitionBy: ['key'],
  refusal,
  evidence,
};
const rules = {
  header: 'Idempotency-Key',
  operations: ['addThing'],
  ttl: '24h',
  conflict: 'too-much',
  headers: { 'Idempotent-Replayed': 'yes, ${caller.key}' },
  evidence,
};
const post = (lab: ReturnType<typeof openLab>, body: unknown = {}, key = 'one') =>
  lab.call({ method: 'POST', body, headers: { 'idempotency-key': key } });

it('a repeated response has the headers that say so', () => {
  const lab = openLab({ m: { ...m, quota: 99 } }, { idempotency: rules });
  expect(post(lab).headers).not.toHaveProperty('Idempotent-Replayed');
  expect(post(lab)).toMatchObject({ status: 200, headers: { 'Idempotent-Replayed': 'yes, k_a' } });
  expect(post(lab, { other: 1 }).status).toBe(400);
});

it('a failure is not stored unless the profile says so', () => {
  const lab = openLab({ m: { ...m, quota: 99 } }, { idempotency: rules });
  lab.sandbox.addFault({ status: 500, times: 1 });
  expect([post(lab).status, post(lab).status]).toEqual([500, 200]);
});

it('a failure that the profile stores is repeated', () => {
  const lab = openLab({ m: { ...m, quota: 99 } }, { idempotency: { ...rules, stores: { status: ['2xx', '5xx'] } } });
  lab.sandbox.addFault({ status: 500, times: 1 });
  const [first, second] = [post(lab), post(lab)];
  expect([first.status, second.status]).toEqual([500, 500]);
  expect(second.body).toBe(first.body);
  expect(second.headers).toMatchObject({ 'Idempotent-Replayed': 'yes, k_a' });
  lab.sandbox.addFault({ status: 404, times: 1 });
  expect([post(lab, {}, 'two').status, post(lab, {}, 'two').status]).toEqual([404, 200]);
  lab.sandbox.clock.advance(86_400_000);
  expect(post(lab).status).toBe(200);
});

it('a refusal is not stored', () => {
  const lab = openLab({ m: { ...m, quota: 0 } }, { idempotency: { ...rules, stores: {} } });
  expect(post(lab).status).toBe(429);
  lab.sandbox.setAccount('lab', 'home', { quotas: { m: 1 } });
  expect(post(lab).status).toBe(200);
});
