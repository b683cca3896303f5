// Does the client keep to the limits of AIclicks, and get over its failures? It is tested as it is, with the real URL in it: its fetch is led to the mock.
// @ts-check
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { createMock } from 'mock429';
import { createClient } from './aiclicks.js';

const mock = await createMock({ profile: 'aiclicks', clock: 'frozen' });
// A fetch to anywhere else is a mistake in a test, and not to reach the network.
mock.intercept({ unhandled: 'error' });
after(() => mock.close());

// These tests run one after the other and share the mock.
beforeEach(() => mock.reset());

/** A client, and the waits that it thought right. To sleep is to move the mock's clock. */
function start() {
  /** @type {number[]} */
  const waits = [];
  const client = createClient('ak_live_example', {
    sleep: async (ms) => {
      waits.push(ms);
      await mock.clock.advance(ms);
    },
  });
  return { client, waits };
}

/** What the provider has answered. */
const statuses = () => mock.requests().map(({ status }) => status);

describe('the client', () => {
  test('waits as long as it is told, and no longer', async () => {
    const { client, waits } = start();
    for (let i = 0; i < 61; i++) await client.domains();
    // 60 in the minute from the first request on; the 61st is refused once, and admitted after the wait.
    assert.deepEqual(waits, [60_000]);
    assert.deepEqual(statuses(), [...Array(60).fill(200), 429, 200]);
  });

  test('tries again after a failure, more slowly each time', async () => {
    const { client, waits } = start();
    mock.faults.add({ status: 503, times: 2 });
    assert.equal((await client.domains()).length, 2);
    assert.deepEqual(waits, [1_000, 2_000]);
  });

  test('and after a connection that breaks', async () => {
    const { client, waits } = start();
    mock.faults.add({ drop: true, times: 1 });
    assert.equal((await client.domains()).length, 2);
    assert.deepEqual(waits, [1_000]);
  });

  test('gives up in the end', async () => {
    const { client } = start();
    mock.faults.add({ status: 500 });
    await assert.rejects(client.domains(), /GET \/api\/v1\/domains: 500/);
    assert.deepEqual(statuses(), [500, 500, 500, 500]);
  });

  test('failures are free: they leave all 60 of the minute', async () => {
    const { client } = start();
    mock.faults.add({ status: 500, times: 3 });
    await client.domains();
    assert.deepEqual(
      mock.quotas().map(({ used }) => used),
      [1],
    );
  });
});
