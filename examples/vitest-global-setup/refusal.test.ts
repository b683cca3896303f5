import { describe } from 'vitest';
import { listLinks, Refused } from './links.js';
import { test } from './sandbox.js';

describe.concurrent('the client', () => {
  test('knows when to come back, and is let in then', async ({ klinky, expect }) => {
    await klinky.control('PUT', '/quotas', { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    await expect(listLinks(klinky.url)).rejects.toEqual(new Refused(1800));
    await klinky.control('POST', '/clock/advance', { duration: '30m' });
    expect(await listLinks(klinky.url)).toContain('homepage-headline');
  });

  test('takes a failure of the server for one', async ({ klinky, expect }) => {
    await klinky.control('POST', '/faults', { status: 503 });
    await expect(listLinks(klinky.url)).rejects.toThrow('Klinky answered 503');
  });
});
