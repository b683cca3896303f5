/**
 * What the application does when it fails itself, or when its client has gone.
 */
import { expect, test } from 'vitest';
import { createApp } from '../../src/http/app.js';
import type { Connection } from '../../src/http/web/provider-app.js';
import type { Sandboxes } from '../../src/sandbox/sandboxes.js';

function appWith(handle: () => unknown) {
  const said: string[] = [];
  const app = createApp({
    sandboxes: { get: () => ({ handle }) } as unknown as Sandboxes,
    profiles: ['one'],
    maxBodyBytes: 10,
    control: () => Promise.reject(new Error('not asked')),
    ui: () => Promise.reject(new Error('not asked')),
    log: (level, message) => said.push(`${level} ${message}`),
  });
  const dropped: string[] = [];
  const connection: Connection & { inProcess: boolean } = {
    inProcess: true,
    ip: '127.0.0.1',
    beganAt: 0,
    onDone: () => {},
    drop() {
      dropped.push('dropped');
      return new Response(null);
    },
  };
  return {
    said,
    dropped,
    fetch: (init: RequestInit & { duplex?: 'half' }) =>
      app.fetch(new Request('http://localhost/a', init), { connection, target: '/a' }),
  };
}

test('a failure of its own is answered as a problem, and logged with its place', async () => {
  const { fetch, said } = appWith(() => {
    throw new Error('broken inside');
  });
  const response = await fetch({});
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({
    code: 'internal-error',
    detail: 'mock429 failed to answer this: broken inside. Please report it',
  });
  expect(said).toEqual([expect.stringMatching(/^warn failed to answer a request: Error: broken inside\n\s+at /)]);
});

test('a body that breaks off is nobody’s request: nothing is admitted, and nothing logged', async () => {
  let handled = false;
  const { fetch, said, dropped } = appWith(() => {
    handled = true;
    return { status: 200, headers: {}, body: null };
  });
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(2));
    },
    pull: (controller) => controller.error(new Error('aborted')),
  });
  await fetch({ method: 'POST', body, duplex: 'half' });
  expect(dropped).toEqual(['dropped']);
  expect(handled).toBe(false);
  expect(said).toEqual([]);
});
