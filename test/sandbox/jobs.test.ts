/** Which job is meant where several have the same id. */
import { describe, expect, it } from 'vitest';
import { loadProvider } from '../../src/profile/load.js';
import type { Answer } from '../../src/sandbox/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

/** The same provider under two ids: asked alike, they give the same ids. */
function startTwins() {
  const one = loadProvider('prediction');
  const sandbox = new Sandbox('', {
    providers: [one, { ...one, id: 'twin' }],
    plans: {},
    clock: { frozen: true, now: Date.parse('2024-01-15T10:30:00Z') },
    log: () => {},
    deliver: async () => {},
  });
  const headers: Record<string, string> = { authorization: 'Bearer sk_live_a', 'content-type': 'application/json' };
  const text = JSON.stringify({ input: { prompt: 'A serene Japanese garden' } });
  const create = (profile: string): string => {
    const path = '/v1/black-forest-labs/flux-kontext-max/predictions';
    const header = (name: string) => headers[name.toLowerCase()];
    const arrival = { method: 'POST', path, rawQuery: '', header, ip: '', body: { text, tooLarge: false } };
    return JSON.parse((sandbox.handle(profile, arrival, { onDone: () => {} }) as Answer).body!).job_id;
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
