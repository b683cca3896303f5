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
