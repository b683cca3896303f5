import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBehaved, useMock } from 'mock429/node-test';

// The client has the real URL in it: its fetch is led to the mock.
const mock = useMock({ profile: 'klinky', clock: 'frozen', intercept: { unhandled: 'error' } });

/** The client under test. */
async function listLinks() {
  const headers = { 'X-API-Key': 'klinky_live_example' };
  const response = await fetch('https://klinky-api.fly.dev/api/v1/public/links', { headers });
  const { items } = /** @type {{ items: { slug: string }[] }} */ (await response.json());
  return items;
}

test('the client lists links', async () => {
  assert.equal((await listLinks())[0]?.slug, 'homepage-headline');
  assertBehaved(mock);
});
