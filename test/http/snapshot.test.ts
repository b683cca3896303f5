import { describe, expect, it } from 'vitest';
import { tinyControl } from './control-sandbox.js';

const KEY = 'tiny_live_aaaabbbb';

async function used() {
  const control = tinyControl();
  for (let i = 0; i < 3; i++) control.send('/things');
  await control.ask('PUT', '/accounts/tiny/acme', { keys: [KEY], quotas: { 'key-minute': 4 } });
  await control.ask('POST', '/faults', { match: { operationId: 'slow' }, times: 2, status: 503 });
  await control.ask('POST', '/clock/advance', { ms: 7_000 });
  return control;
}

describe('GET and PUT /snapshot', () => {
  it('give the same text again, and the other sandbox goes on', async () => {
    const [one, other] = [await used(), tinyControl()];
    const saved = await one.ask('GET', '/snapshot');
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ format: 'mock429-snapshot', version: 1, requests: 3 });
    expect(saved.body.journal).toBeUndefined();
    expect((await other.ask('PUT', '/snapshot', saved.text)).status).toBe(204);
    expect((await other.ask('GET', '/snapshot')).text).toBe(saved.text);
    expect([other.send('/things'), other.send('/things')]).toMatchObject([{ status: 200 }, { status: 429 }]);
    expect((await other.ask('GET', '/clock')).body).toMatchObject({ now: '2026-05-12T08:00:07.000Z' });
  });

  it('have the journal in them where asked for', async () => {
    const [one, other] = [await used(), tinyControl()];
    const saved = await one.ask('GET', '/snapshot?journal=true');
    expect(saved.body.journal).toHaveLength(3);
    await other.ask('PUT', '/snapshot', saved.text);
    expect((await other.ask('GET', '/snapshot?journal=true')).text).toBe(saved.text);
    expect((await other.ask('GET', '/requests')).text).toBe((await one.ask('GET', '/requests')).text);
  });

  it.each([
    ['a newer version', { version: 2, much: 'more' }, 'newer-version', 'version'],
    ['something else', { format: 'zip' }, 'not-a-snapshot', 'format'],
    ['an unknown key', { extra: 1 }, 'unknown-key', 'extra'],
    ['an unknown profile', { profiles: { tyni: {} } }, 'unknown-profile', 'profiles.tyni'],
    ['a wrong shape', { profiles: [] }, 'wrong-type', 'profiles'],
    ['a bad clock', { clock: { mode: 'frozen', now: 'x', realNow: null, rate: 1 } }, 'wrong-type', 'clock.now'],
    [
      'a bad fault',
      { faults: { made: 1, list: [{ id: 'fault-1', matched: 0, used: 0, match: {}, status: 7 }] } },
      'bad-fault',
      'faults.list.0.status',
    ],
  ])('refuse %s, and change nothing', async (_what, change, code, field) => {
    const control = await used();
    const { body, text } = await control.ask('GET', '/snapshot');
    const before = control.state();
    const reply = await control.ask('PUT', '/snapshot', { ...body, ...change });
    expect(reply).toMatchObject({ status: 400, body: { code, field, detail: expect.stringMatching(/;|must be/) } });
    expect(control.state()).toEqual(before);
    expect((await control.ask('GET', '/snapshot')).text).toBe(text);
  });

  it.each([
    ['GET', '/snapshot?journal=yes', undefined, 'bad-value', 'journal'],
    ['GET', '/snapshot?jurnal=true', undefined, 'unknown-parameter', 'jurnal'],
    ['PUT', '/snapshot', undefined, 'missing-body', undefined],
    ['PUT', '/snapshot', '{"format":', 'not-json', undefined],
  ])('refuse %s %s %s', async (method, path, body, code, field) => {
    const reply = await tinyControl().ask(method, path, body);
    expect(reply).toMatchObject({ status: 400, body: { code, ...(field === undefined ? {} : { field }) } });
  });

  it('refuse what is nested deeper than a snapshot is', async () => {
    const control = tinyControl();
    const { text } = await control.ask('GET', '/snapshot');
    const deep = `${'['.repeat(9_000)}${']'.repeat(9_000)}`;
    const stored = `"cache":[["k",{"status":200,"body":${deep},"storedAt":0,"fingerprint":""}]]`;
    const answer = await control.ask('PUT', '/snapshot', text.replace('"cache":[]', stored));
    expect(answer).toMatchObject({ status: 400, body: { code: 'not-json' } });
    expect((await control.ask('GET', '/snapshot')).text).toBe(text);
  });

  it('take more than other calls do', async () => {
    const control = tinyControl();
    const { body } = await control.ask('GET', '/snapshot');
    const keys = Array.from({ length: 60_000 }, (_, i) => `tiny_live_${i.toString().padStart(10, '0')}`);
    body.profiles.tiny.accounts.push({ id: 'large', plan: 'free', quotas: {}, keys });
    const text = JSON.stringify(body);
    expect(text.length).toBeGreaterThan(1_048_576);
    expect((await control.ask('PUT', '/snapshot', text)).status).toBe(204);
    expect((await control.ask('GET', '/snapshot')).text).toBe(text);
  });
});
