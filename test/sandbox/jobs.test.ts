/** Which job is meant where several have the same id. */

import { describe, expect, it } from 'vitest';
import { createMock } from '../../src/mock.js';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { loadedProvider } from '../helpers/providers.js';

/** The same provider under two ids: asked alike, they give the same ids. */
function startTwins() {
  const one = loadedProvider('prediction');
  const sandbox = new Sandbox('', {
    providers: [one, { ...one, id: 'twin' }],
    plans: {},
    clock: { frozen: true, now: Date.parse('2024-01-15T10:30:00Z') },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  });
  const headers: Record<string, string> = { authorization: 'Bearer sk_live_a', 'content-type': 'application/json' };
  const text = JSON.stringify({ input: { prompt: 'A serene Japanese garden' } });
  const create = (profile: string): string => {
    const path = '/v1/black-forest-labs/flux-kontext-max/predictions';
    const header = (name: string) => headers[name.toLowerCase()];
    const arrival = { method: 'POST', path, rawQuery: '', header, ip: '', body: ReceivedBody.of(text) };
    return JSON.parse(String((sandbox.handle(profile, arrival, { onDone: () => {} }) as Answer).body)).job_id;
  };
  return { sandbox, create };
}

describe('an id that jobs of two profiles have', () => {
  it('names neither without the profile, and changes nothing', async () => {
    const { sandbox, create } = startTwins();
    const id = create('prediction');
    expect(create('twin')).toBe(id);
    const before = sandbox.jobs.list();
    await expect(sandbox.jobs.set(id, { state: 'failed' })).rejects.toMatchObject({
      status: 409,
      code: 'ambiguous-job',
      field: 'profile',
    });
    expect(sandbox.jobs.list()).toEqual(before);
  });

  it('names one with it', async () => {
    const { sandbox, create } = startTwins();
    const id = create('prediction');
    create('twin');
    await sandbox.jobs.set(id, { profile: 'twin', state: 'failed' });
    expect(sandbox.jobs.list().map(({ profile, state }) => [profile, state])).toEqual([
      ['prediction', 'processing'],
      ['twin', 'failed'],
    ]);
  });
});

describe('a job that somebody changes as soon as it begins', () => {
  it('is shown as it is by then, and its end is told once', async () => {
    const mock = await createMock({ profile: 'full-domination', clock: { frozen: true, now: '2026-05-12T08:00:00Z' } });
    const told: string[] = [];
    mock.on('job', ({ data: { id, change } }) => {
      told.push(change);
      if (change === 'started') void mock.jobs.set(id, { state: 'draft' });
    });
    const response = await mock.fetch('/v1/content/draft', {
      method: 'POST',
      headers: { Authorization: 'Bearer ad_live_a', 'Content-Type': 'application/json' },
      body: JSON.stringify({ briefs: [{ title: 'A', targetPrompt: 'b', outlineAngle: 'c' }] }),
    });
    expect(await response.json()).toMatchObject({ data: [{ status: 'draft', body: 'A draft on: b' }] });
    await mock.clock.advance('1h');
    expect(told).toEqual(['started', 'ended']);
    await mock.close();
  });
});
