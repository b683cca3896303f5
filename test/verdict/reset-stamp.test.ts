/** A weighted window is still full in the millisecond of its reset. Who waits until the stamp has done as told, and is no early client. */
import { expect, it } from 'vitest';
import { createMock } from '../../src/index.js';

const QUOTA = 5;
const headers = { 'x-api-key': 'sk_test_abc123xyz' };

it.each([
  [0, 429],
  [1, 200],
])('%i ms after the stamp: %i, and not early', async (late, status) => {
  const mock = await createMock({
    profile: 'acrely',
    clock: '2026-05-12T08:30:00Z',
    set: [`policies.key-hour.quota=${QUOTA}`],
  });
  const list = (page: number) => mock.fetch(`/api/v1/leads?campaignId=c${page}`, { headers });
  for (let i = 0; i < QUOTA; i++) await list(i);
  const refused = await list(QUOTA);
  expect(refused.status).toBe(429);
  const stamp = Number(refused.headers.get('x-ratelimit-reset')) * 1_000;
  await mock.clock.set({ now: stamp + late });
  expect((await list(QUOTA)).status).toBe(status);
  const [profile] = mock.report({ ended: true }).profiles;
  expect(profile!.findings.map(({ check }) => check)).not.toContain('retry-too-early');
  expect(profile!.checks.find(({ check }) => check === 'retry-too-early')).toMatchObject({ verdict: 'pass' });
  await mock.close();
});

it.each([
  ['klinky', 'account-hour', '/api/v1/public/links', { 'X-API-Key': 'klinky_live_a' }],
  ['aiclicks', 'key-minute', '/api/v1/domains', { Authorization: 'Bearer ak_live_a' }],
  ['full-domination', 'token-minute', '/v1/audits/aud_01', { Authorization: 'Bearer ad_live_a' }],
  ['prediction', 'key-minute', '/v1/models', { Authorization: 'Bearer sk_live_a' }],
  ['acrely', 'key-hour', '/api/v1/leads', headers],
])('%s tells a reset besides Retry-After, so the exact instant counts', async (profile, policy, path, credential) => {
  const mock = await createMock({
    profile,
    clock: { now: '2026-05-12T08:00:00.321Z', frozen: true },
    set: [`policies.${policy}.quota=1`],
  });
  for (const _ of [1, 2]) await mock.fetch(path, { headers: credential as Record<string, string> });
  const { comeBackAt, retryAfter, sentAt, decisions } = mock.requests().at(-1)!;
  await mock.close();
  const exact = decisions.find((decision) => decision.policy === policy)!.resetAt!;
  expect(comeBackAt[0]).toBe(exact);
  expect(comeBackAt).toContain(sentAt + retryAfter! * 1_000);
});
