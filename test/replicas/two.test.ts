/** Two replicas over one log behave as one process. */
import { afterEach, describe, expect, test } from 'vitest';
import { composeMock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';
import { MemoryLogHub } from '../../src/replicas/log/memory-hub.js';
import { MemoryLog } from '../../src/replicas/log/memory-log.js';
import { checkFault } from '../../src/sandbox/faults/schema.js';
import { reportOf } from '../../src/sandbox/verdict/report.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function replicas(
  count: number,
  options: MockOptions,
  hub = new MemoryLogHub({ now: () => performance.timeOrigin + performance.now() }),
) {
  const urls: string[] = [];
  for (let i = 0; i < count; i++) {
    const mock = await composeMock(options, { checkFault, reportOf }, undefined, {
      openLog: () => new MemoryLog(hub),
      onFailure: '503',
    });
    const { url } = await mock.listen();
    closing.push(() => mock.close());
    urls.push(url);
  }
  return { urls, hub };
}

const key = { 'X-API-Key': 'klinky_live_aaaabbbb' };

describe('two replicas', () => {
  test('share a quota', async () => {
    const { urls } = await replicas(2, { profile: 'klinky' });
    const remaining: (string | null)[] = [];
    for (let i = 0; i < 6; i++) {
      const response = await fetch(`${urls[i % 2]}/api/v1/public/links`, { headers: key });
      expect(response.status).toBe(200);
      remaining.push(response.headers.get('x-ratelimit-remaining'));
    }
    const first = Number(remaining[0]);
    expect(remaining.map(Number)).toEqual([0, 1, 2, 3, 4, 5].map((i) => first - i));
    const quotas = await Promise.all(urls.map(async (url) => (await fetch(`${url}/__mock429/quotas`)).json()));
    expect(quotas[0]).toEqual(quotas[1]);
    const journals = await Promise.all(urls.map(async (url) => (await fetch(`${url}/__mock429/requests`)).json()));
    expect(journals[0]).toEqual(journals[1]);
  });

  test('share a clock', async () => {
    const { urls } = await replicas(2, { profile: 'klinky' });
    const put = await fetch(`${urls[0]}/__mock429/clock`, {
      method: 'PUT',
      body: '{"frozen":true,"now":"2026-05-12T08:00:00Z"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(put.status).toBe(200);
    const read = await (await fetch(`${urls[1]}/__mock429/clock`)).json();
    expect(read).toMatchObject({ now: '2026-05-12T08:00:00.000Z', mode: 'frozen' });
  });
});
