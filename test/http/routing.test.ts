/** What is said where nothing is served. */
import { expect, it } from 'vitest';
import { createMock } from '../../src/index.js';

async function said(path: string): Promise<string> {
  await using mock = await createMock({ profile: ['klinky', 'acrely'] });
  const answer = await mock.fetch(path);
  expect(answer.status).toBe(404);
  return ((await answer.json()) as { detail: string }).detail;
}

const SERVED = 'Providers are served under /klinky, /acrely, the control API under /__mock429';

it.each([
  ['a misspelt mount', '/klinki/api/v1/public/links', '/klinky/api/v1/public/links'],
  ['a path without its mount', '/api/v1/public/links?page=2', '/klinky/api/v1/public/links'],
  ['a path without its mount, in a sandbox', '/~mine/api/v1/public/links', '/~mine/klinky/api/v1/public/links'],
  ['a path that two providers have', '/api/v1/leads', '/acrely/api/v1/leads'],
])('%s: the path that was meant', async (_, path, meant) => {
  expect(await said(path)).toBe(`nothing is served at ${path}; did you mean ${meant}? ${SERVED}`);
});

it('a path like no other: what there is', async () => {
  expect(await said('/nothing/like/it')).toBe(`nothing is served at /nothing/like/it; ${SERVED.replace('P', 'p')}`);
});
