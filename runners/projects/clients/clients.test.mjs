/** One client of each kind with its provider's real URL in it: the mock answers, and what it does to the connection reaches the client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useMock } from 'mock429/node-test';
import { clients } from './clients.mjs';

// The provider has an https address only; node:http is led by an origin of its own.
const origins = { 'http://klinky-api.fly.dev': 'klinky' };
const mock = useMock({
  profile: 'klinky',
  plan: 'growth',
  clock: '2026-05-12T08:30:00Z',
  intercept: { unhandled: 'error', origins },
});
const PATH = '/api/v1/public/links';

/** The codes of an error and its causes. */
function codes(error) {
  return error === undefined || error === null ? [] : [error.code, ...codes(error.cause)];
}

for (const [name, send] of Object.entries(clients)) {
  const scheme = name === 'node:http' ? 'http' : 'https';
  const url = `${scheme}://klinky-api.fly.dev${PATH}`;

  test(name, async () => {
    const answer = await send(url);
    assert.equal(answer.status, 200);
    assert.equal(JSON.parse(answer.body).items[0].slug, 'homepage-headline');

    mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    const refused = await send(url);
    assert.deepEqual([refused.status, refused.retryAfter], [429, '1800']);
    await mock.clock.advance('30m');

    mock.faults.add({ drop: true, times: 1 });
    await assert.rejects(send(url));
    mock.faults.add({ truncateBody: 20, times: 1 });
    await assert.rejects(send(url));
    assert.deepEqual(
      mock
        .requests()
        .map(({ status, broken }) => [status, broken])
        .sort(),
      [
        [200, undefined],
        [200, 'cut'],
        [429, undefined],
        [0, 'dropped'],
      ].sort(),
    );

    await assert.rejects(send(`${scheme}://other.example${PATH}`), (error) =>
      codes(error).includes('ERR_MOCK429_UNHANDLED'),
    );
    assert.equal(mock.requests().length, 4);
  });
}
