/** The plan and the variants of a profile change while it is served, in one sandbox. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type ComposedMock, createMock, type Mock } from '../../src/mock.js';
import type { MockSandbox } from '../../src/mock-sandbox.js';
import type { MockOptions } from '../../src/options/options.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('set-profile');
afterAll(files.remove);

let mock: Mock;
afterEach(() => mock.close());

const NOON = '2026-05-12T12:00:00.000Z';
async function start(profile = 'klinky', options: MockOptions = {}): Promise<Mock> {
  mock = await createMock({ profile, clock: NOON, ...options });
  return mock;
}

const links = (at: MockSandbox = mock) =>
  at.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_aaaabbbb' } });
const limit = async (at?: MockSandbox) => Number((await links(at)).headers.get('x-ratelimit-limit'));
const audits = (at: MockSandbox = mock) =>
  at.fetch('/v1/audits', { headers: { Authorization: `Bearer ad_live_${'a'.repeat(32)}` } });
const used = (at: MockSandbox = mock) =>
  Object.fromEntries(at.quotas().map((quota) => [quota.policy, quota.used] as const));

/** A copy of Klinky's profile in a file, with these edits. */
const FILE = join(files.path, 'edited.yaml');
function write(...edits: (readonly [from: string, to: string])[]): void {
  let text = readFileSync('profiles/klinky.yaml', 'utf8').replace('../openapi/', `${process.cwd()}/openapi/`);
  for (const [from, to] of edits) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  writeFileSync(FILE, text);
}

describe('the plan', () => {
  test('changes for the default account, and counts are kept', async () => {
    await start();
    expect(await limit()).toBe(1000);
    expect(await mock.setProfile('klinky', { plan: 'growth' })).toEqual({
      profile: 'klinky',
      plan: 'growth',
      variants: [],
      cleared: [],
      reseeded: [],
    });
    expect(await limit()).toBe(100);
    expect(used()).toEqual({ 'account-hour': 2 });
  });

  test('that does not exist is refused, and those that exist are named', async () => {
    await start();
    await expect(mock.setProfile('klinky', { plan: 'gold', variants: ['sliding-hour'] })).rejects.toMatchObject({
      status: 400,
      code: 'unknown-plan',
      field: 'plan',
      detail: 'klinky has no plan "gold"; its plans are: scale, growth, starter, free',
    });
    expect(mock.snapshot().profiles['klinky']).not.toHaveProperty('variants');
  });
});

describe('variants', () => {
  test('drop the counts of policies that count in another way, and no others', async () => {
    await start('full-domination');
    for (let i = 0; i < 3; i++) await audits();
    const { variants } = (await import('../helpers/providers.js')).providerOf('full-domination').profile;
    const [name] = Object.entries(variants).find(([, { patch }]) =>
      JSON.stringify(patch).includes('"token-minute":{"window":{"start":"utc"}}'),
    )!;
    const { cleared } = await mock.setProfile('full-domination', { variants: [name] });
    expect(cleared).toEqual(['token-minute', 'workspace-minute']);
    expect(used()).toEqual({ 'token-day': 3, 'workspace-day': 3 });
    await audits();
    expect(used()).toMatchObject({ 'token-minute': 1, 'token-day': 4 });
    expect(mock.usage().profiles[0]!.total).toEqual({ minute: 1, hour: 4, day: 4 });
    expect((await mock.setProfile('full-domination', { variants: [] })).cleared).toEqual(cleared);
    expect(used()).toMatchObject({ 'token-day': 4 });
  });

  test('name a policy that exists no more, and each variant once', async () => {
    const policy =
      '{ algorithm: fixed-window, quota: 5000, window: { length: day, start: utc }, partitionBy: [key], refusal: { error: rate-limited }, evidence: { level: assumed } }';
    write([
      '\nvariants:\n',
      `\nvariants:\n  daily: { says: One, patch: { policies: { key-day: ${policy} } }, evidence: { level: assumed } }\n`,
    ]);
    await start(FILE);
    expect((await mock.setProfile('klinky', { variants: ['daily', 'daily'] })).variants).toEqual(['daily']);
    await links();
    expect(used()).toEqual({ 'account-hour': 1, 'key-day': 1 });
    expect(await mock.setProfile('klinky', { variants: [] })).toMatchObject({ variants: [], cleared: ['key-day'] });
    expect(used()).toEqual({ 'account-hour': 1 });
  });

  test('that do not exist are refused, and those that exist are named', async () => {
    await start();
    await expect(mock.setProfile('klinky', { variants: ['sliding-hour', 'sliding-our'] })).rejects.toMatchObject({
      status: 400,
      code: 'unknown-variant',
      field: 'variants.1',
      detail: 'klinky has no variant "sliding-our"; its variants are: sliding-hour',
    });
    await expect(mock.setProfile('klinki', {})).rejects.toMatchObject({ status: 404, code: 'unknown-profile' });
  });

  test('that cannot be active together are refused', async () => {
    write([
      '\nvariants:\n',
      [
        '\nvariants:',
        '  extra: { says: One, patch: { accounts: { plan: extra }, plans: { extra: { evidence: { level: assumed } } } }, evidence: { level: assumed } }',
        '  no-extra: { says: Two, patch: { plans: { extra: null } }, evidence: { level: assumed } }',
        '',
      ].join('\n'),
    ]);
    await start(FILE);
    await links();
    await mock.setProfile('klinky', { variants: ['extra'] });
    expect(used()).toEqual({ 'account-hour': 1 });
    await expect(mock.setProfile('klinky', { variants: ['no-extra', 'extra'] })).rejects.toMatchObject({
      status: 400,
      code: 'conflicting-variants',
      field: 'variants',
      detail: expect.stringMatching(/^the variants extra, no-extra cannot be active together: .*no plan "extra"/),
    });
    expect(used()).toEqual({ 'account-hour': 1 });
  });

  test('of a document alone do not exist', async () => {
    const openapi = { openapi: '3.1.0', info: { title: 'Open', version: '1' }, paths: {} };
    mock = await createMock({ openapi });
    expect(await mock.setProfile('open', {})).toMatchObject({ variants: [], cleared: [] });
    await expect(mock.setProfile('open', { variants: ['any'] })).rejects.toMatchObject({
      detail: 'open has no variant "any"; it has none; send an empty list',
    });
  });

  test('of two calls at once: the later one stands', async () => {
    await start();
    await Promise.all([
      mock.setProfile('klinky', { variants: ['sliding-hour'] }),
      mock.setProfile('klinky', { variants: [] }),
      mock.setProfile('klinky', { variants: ['sliding-hour'], plan: 'growth' }),
    ]);
    expect(await limit()).toBe(100);
    expect(mock.snapshot().profiles['klinky']!.variants).toEqual(['sliding-hour']);
  });
});

describe('other sandboxes', () => {
  test('are not affected, neither those that exist nor those to come', async () => {
    await start();
    const other = mock.sandbox('other');
    await links(other);
    await mock.setProfile('klinky', { plan: 'growth', variants: ['sliding-hour'] });
    const algorithm = async (at: MockSandbox) => {
      await links(at);
      return at.snapshot().profiles['klinky']!.counters['account-hour']!.counts.algorithm;
    };
    expect(await algorithm(mock)).toBe('sliding-log');
    expect(await algorithm(other)).toBe('fixed-window');
    expect(used(other)).toEqual({ 'account-hour': 2 });
    expect(await limit(mock.sandbox('later'))).toBe(1000);
  });

  test('have their own variants', async () => {
    await start();
    const other = mock.sandbox('other');
    await other.setProfile('klinky', { variants: ['sliding-hour'] });
    await other.setProfile('klinky', { plan: 'growth' });
    expect(other.snapshot().profiles['klinky']!.variants).toEqual(['sliding-hour']);
    expect(mock.snapshot().profiles['klinky']!.variants).toBeUndefined();
    expect(await limit()).toBe(1000);
  });
});

describe('a reset', () => {
  test('keeps plan and variants, and restores both where it is asked to', async () => {
    await start('klinky', { plan: 'growth' });
    await mock.setProfile('klinky', { plan: 'scale', variants: ['sliding-hour'] });
    mock.reset();
    expect(await limit()).toBe(1000);
    expect(mock.snapshot().profiles['klinky']!.variants).toEqual(['sliding-hour']);
    mock.reset({ profiles: true });
    expect(await limit()).toBe(100);
    expect(mock.snapshot().profiles['klinky']!.variants).toBeUndefined();
    expect(mock.snapshot().profiles['klinky']!.counters['account-hour']!.counts.algorithm).toBe('fixed-window');
  });
});

describe('a snapshot', () => {
  test('has plan and variants, and the same text when it was restored', async () => {
    await start();
    const before = JSON.stringify(mock.snapshot());
    await mock.setProfile('klinky', { plan: 'growth', variants: ['sliding-hour'] });
    await links();
    const saved = JSON.stringify(mock.snapshot());
    mock.restore(JSON.parse(before));
    expect(JSON.stringify(mock.snapshot())).toBe(before);
    expect(await limit()).toBe(1000);
    mock.restore(JSON.parse(saved));
    expect(JSON.stringify(mock.snapshot())).toBe(saved);
    expect(await limit()).toBe(100);
    expect(used()).toEqual({ 'account-hour': 2 });
  });

  test('with variants that have not been read is refused by the method, which says what to do', async () => {
    await start();
    await mock.setProfile('klinky', { variants: ['sliding-hour'] });
    await links();
    const saved = mock.snapshot();
    await mock.close();
    await start();
    await links();
    expect(() => mock.restore(saved)).toThrow(
      'profiles.klinky.variants: the profile has not been read with these variants; call setProfile(\'klinky\', { variants: ["sliding-hour"] }) first',
    );
    expect(used()).toEqual({ 'account-hour': 1 });
    await mock.setProfile('klinky', { variants: ['sliding-hour'] });
    mock.restore(saved);
    expect(mock.snapshot()).toEqual(saved);
  });

  test('with variants that have not been read is restored by the control API, which reads them', async () => {
    await start();
    await mock.setProfile('klinky', { variants: ['sliding-hour'] });
    await links();
    const saved = mock.snapshot();
    await mock.close();
    await start();
    const { status } = await mock.fetch('/__mock429/snapshot', { method: 'PUT', body: JSON.stringify(saved) });
    expect(status).toBe(204);
    expect(mock.snapshot()).toEqual(saved);
  });

  test('with variants that do not exist is refused', async () => {
    await start();
    const saved = mock.snapshot();
    const { klinky } = saved.profiles;
    const wrong = (variants: unknown) => () =>
      mock.restore({ ...saved, profiles: { klinky: { ...klinky!, variants: variants as string[] } } });
    expect(wrong(['no-such'])).toThrow('profiles.klinky.variants.0: klinky has no variant "no-such"');
    expect(wrong([7])).toThrow('profiles.klinky.variants.0: must be a string');
    expect(wrong('all')).toThrow('profiles.klinky.variants: must be a list');
  });
});

describe('a reload', () => {
  test('keeps the variants of a sandbox, with what the files say now', async () => {
    write();
    await start(FILE);
    await mock.setProfile('klinky', { variants: ['sliding-hour'] });
    expect(await limit()).toBe(1000);
    write(['quota: 1000', 'quota: 700']);
    await mock.reload('klinky');
    expect(await limit()).toBe(700);
    expect(used()).toEqual({ 'account-hour': 2 });
    expect(mock.snapshot().profiles['klinky']!.variants).toEqual(['sliding-hour']);
    expect(await limit(mock.sandbox('new'))).toBe(700);
    expect(mock.sandbox('new').snapshot().profiles['klinky']!.variants).toBeUndefined();
  });

  test('that takes a variant away serves the variants of the server', async () => {
    write();
    const log: string[] = [];
    await start(FILE, { log: (_level, line) => log.push(line) });
    await mock.setProfile('klinky', { variants: ['sliding-hour'] });
    write(['sliding-hour', 'another-hour']);
    await mock.reload('klinky');
    expect(await limit()).toBe(1000);
    expect(mock.snapshot().profiles['klinky']!.variants).toBeUndefined();
    expect(log.join('\n')).toContain('klinky cannot be served with sliding-hour any more');
  });
});

describe('a state file', () => {
  const save = async () => [...(await (mock as ComposedMock).savedState()).write()].join('');
  const load = async (text: string) => {
    const state = await (mock as ComposedMock).savedState();
    await state.prepare(text);
    return state.load(text);
  };

  test('has the variants and plans of each sandbox', async () => {
    write();
    await start(FILE);
    const other = mock.sandbox('other');
    await other.setProfile('klinky', { plan: 'growth', variants: ['sliding-hour'] });
    for (let i = 0; i < 3; i++) await links(other);
    await links();
    const text = await save();
    await mock.close();
    await start(FILE);
    expect(await load(text)).toMatchObject({ sandboxes: 2, dropped: [] });
    const restored = mock.sandbox('other');
    expect(restored.snapshot().profiles['klinky']!.variants).toEqual(['sliding-hour']);
    expect(used(restored)).toEqual({ 'account-hour': 3 });
    expect(await limit(restored)).toBe(100);
    expect(used()).toEqual({ 'account-hour': 1 });
    expect(await limit()).toBe(1000);
  });

  test('drops variants that do not exist any more, and the counts that they made', async () => {
    write();
    await start(FILE);
    await mock.setProfile('klinky', { variants: ['sliding-hour'] });
    await links();
    const text = await save();
    await mock.close();
    write(['sliding-hour', 'another-hour']);
    await start(FILE);
    expect((await load(text)).dropped).toEqual([
      'klinky cannot be served with the variants sliding-hour any more; it has those of the server',
      'klinky now counts account-hour in another way; its counts are dropped',
    ]);
    expect(used()).toEqual({});
    expect(mock.usage().profiles[0]!.trend.at(-1)).toEqual({ day: '2026-05-12', calls: 1 });
  });
});
