/**
 * A project as a user of the package might have it: strict TypeScript, a client, and one test of it that runs under vitest and under node:test.
 * @module
 */

/** Files by name. */
export const PROJECT: Readonly<Record<string, string>> = {
  'client.ts': `
export async function remaining(key: string): Promise<number> {
  const response = await fetch('https://klinky-api.fly.dev/api/v1/public/links', { headers: { 'X-API-Key': key } });
  if (!response.ok) throw new Error(String(response.status));
  return Number(response.headers.get('X-RateLimit-Remaining'));
}
`,
  'scenario.ts': `
import { createMock, type Interception, type InterceptOptions, type Mock, type MockSandbox, UnhandledFetchError } from 'mock429';
import { remaining } from './client.js';

export async function scenario(): Promise<unknown[]> {
  await using mock: Mock = await createMock({ profile: 'klinky', plan: 'growth', clock: { now: '2026-05-12T08:30:00Z', frozen: true } });
  const sandbox: MockSandbox = mock.sandbox('t1');
  const options: InterceptOptions = { unhandled: 'error', origins: { 'https://staging.example': 'klinky' } };
  const seen: unknown[] = [];
  {
    using interception = mock.intercept(options);
    const inner: Interception = sandbox.intercept();
    seen.push(await remaining('klinky_live_a'), await remaining('klinky_live_a'));
    inner.restore();
    seen.push(await remaining('klinky_live_a'));
    seen.push(await fetch('https://elsewhere.example/').catch((error: unknown) => error instanceof UnhandledFetchError));
    sandbox.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    seen.push((await sandbox.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } })).headers.get('Retry-After'));
    await sandbox.clock.advance('30m');
    seen.push(sandbox.clock.read().now, mock.clock.read().now);
    seen.push((await sandbox.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } })).status);
    interception.restore();
  }
  return seen;
}

export const EXPECTED: unknown[] = [99, 98, 99, true, '1800', '2026-05-12T09:00:00.000Z', '2026-05-12T08:30:00.000Z', 200];
`,
  'vitest.test.ts': `
import { expect, test } from 'vitest';
import { EXPECTED, scenario } from './scenario.js';

const real = globalThis.fetch;
test('under vitest', async () => {
  expect(await scenario()).toEqual(EXPECTED);
  expect(globalThis.fetch).toBe(real);
});
`,
  'node.test.ts': `
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPECTED, scenario } from './scenario.js';

const real = globalThis.fetch;
test('under node:test', async () => {
  assert.deepEqual(await scenario(), EXPECTED);
  assert.equal(globalThis.fetch, real);
});
`,
};
