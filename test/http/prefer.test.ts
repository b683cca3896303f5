/** `Prefer: code=503`: a status that a client asks for itself. The same in-process and over a socket. */
import { afterEach, describe, expect, test } from 'vitest';
import { closeMocks, reach, WAYS } from '../helpers/ways.js';

const PATH = '/api/v1/domains';

afterEach(closeMocks);

describe.each(WAYS)('%s', (way) => {
  const start = async (options = {}) => {
    const { mock, send } = await reach(way, { profile: 'aiclicks', ...options });
    const ask = async (prefer?: string) => {
      const headers = { authorization: 'Bearer ak_live_demo', ...(prefer === undefined ? {} : { prefer }) };
      const response = await send(PATH, { headers });
      await response.text();
      return [response.status, response.headers.get('preference-applied')];
    };
    return { mock, ask };
  };

  test.each([
    ['code=503', 503, 'code=503'],
    ['status=429', 429, 'status=429'],
    ['Code = "404"', 404, 'code=404'],
    ['respond-async, code=500; example=a, wait=10', 500, 'code=500'],
    ['code=503, code=400', 503, 'code=503'],
    ['code=99', 200, null],
    ['code=600', 200, null],
    ['code=5034', 200, null],
    ['statuscode=503', 200, null],
    ['respond-async', 200, null],
  ])('Prefer: %s is answered %i, with Preference-Applied: %s', async (prefer, status, applied) => {
    const { ask } = await start();
    expect(await ask(prefer)).toEqual([status, applied]);
  });

  test('leaves nothing behind', async () => {
    const { ask, mock } = await start();
    await ask('code=503');
    expect(mock.faults.list()).toEqual([]);
    expect(await ask()).toEqual([200, null]);
  });

  test('does nothing for who is refused, and uses up no fault', async () => {
    const { ask, mock } = await start({ set: ['policies.key-minute.quota=1'] });
    mock.faults.add({ status: 500, times: 1 });
    mock.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_demo' }, remaining: 0 });
    expect(await ask('code=503')).toEqual([429, null]);
    await mock.clock.advance('60s');
    // What has been arranged goes before what is asked for.
    expect(await ask('code=503')).toEqual([500, null]);
  });

  test('is not heeded where a setting says so', async () => {
    const { ask } = await start({ prefer: false });
    expect(await ask('code=503')).toEqual([200, null]);
  });
});
