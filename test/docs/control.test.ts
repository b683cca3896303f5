/** docs/control.md: the example of every call does what the call is for. */
import { describe, expect, it } from 'vitest';
import { createMock, type Mock } from '../../src/index.js';
import { exampleCalls } from '../tools/control-reference.js';
import { controlDocument } from '../tools/generate.js';

const CALLS = exampleCalls(await controlDocument());

/** What the examples name: request 17, sandbox t1, fault-1, endpoint-1, and a running job. @returns the job's id */
async function arrange(mock: Mock): Promise<string> {
  for (let i = 0; i < 20; i++)
    await mock.fetch('/klinky/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_aaaabbbb' } });
  const response = await mock.fetch('/prediction/v1/black-forest-labs/flux-kontext-max/predictions', {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_live_example', 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'flux-kontext-max', input: { prompt: 'a boat' } }),
  });
  await mock.fetch('/~t1/klinky/api/v1/public/links');
  mock.webhooks.add({ profile: 'full-domination', url: 'http://127.0.0.1:4/hooks' });
  mock.faults.add({ status: 503, match: { operationId: 'createLink' } });
  return ((await response.json()) as { job_id: string }).job_id;
}

describe('the example of', () => {
  it.each(CALLS)('$method $path is carried out', async ({ method, path, body }) => {
    await using mock = await createMock({ clock: { now: '2026-05-12T08:00:00Z' } });
    const job = await arrange(mock);
    const over = new AbortController();
    const response = await mock.fetch(path.replace(/pred_\w+/, job), {
      method,
      signal: over.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
    expect(isProblem ? await response.json() : 'no problem').toBe('no problem');
    expect(response.ok).toBe(true);
    // The stream of events has no end of its own.
    over.abort();
  });
});
