/**
 * Another edition of a provider in the place of one that is served: what goes on, and what cannot.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('replace');
afterAll(files.remove);

const FILE = join(files.path, 'edited.yaml');
type Edit = readonly [from: string, to: string];

/** Writes a profile anew, with these edits. */
function write(source: string, edits: readonly Edit[]): void {
  let text = readFileSync(source, 'utf8').replace(/^openapi: (.*\/)?/m, (_line, folder = '') => {
    const base = folder === '' ? join(process.cwd(), 'test/sixth') : join(process.cwd(), 'openapi');
    return `openapi: ${base}/`;
  });
  for (const [from, to] of edits) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(FILE, text);
}

let mock: Mock;
afterEach(() => mock.close());

async function start(
  source = 'test/sixth/tidewatch.profile.yaml',
  options: MockOptions = {},
): Promise<(...edits: Edit[]) => Promise<string>> {
  write(source, []);
  mock = await createMock({ profile: FILE, clock: { now: '2026-05-12T08:00:00Z' }, ...options });
  return async (...edits) => {
    write(source, edits);
    return (await mock.reload(mock.profiles[0]!)).summary;
  };
}

const stations = (key = 'tw_a') => mock.fetch('/v2/stations', { headers: { 'X-Access-Key': key } });
const left = async (key?: string) => Number((await stations(key)).headers.get('x-ratelimit-remaining'));
const alert = (key = 'tw_a') =>
  mock.fetch('/v2/alerts', {
    method: 'POST',
    headers: { 'X-Access-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ station: 'brest', above: 6.5 }),
  });
const used = (policy: string) =>
  mock
    .quotas()
    .filter((quota) => quota.policy === policy)
    .map((quota) => quota.used);

describe('counts', () => {
  test('go on under another quota, up and down', async () => {
    const reload = await start();
    for (let i = 0; i < 6; i++) await stations();
    expect(await reload(['quota: 20', 'quota: 5'])).toMatch(
      /: policies\.key-minute\.quota 20 → 5; all counters are kept$/,
    );
    expect((await stations()).status).toBe(429);
    await reload(['quota: 20', 'quota: 50']);
    expect(await left()).toBe(43);
    expect(used('account-day')).toEqual([7]);
  });

  test.each<[what: string, edit: Edit]>([
    ['another window', ['{ length: 60s, start: utc }', '{ length: 5m, start: utc }']],
    ['another start', ['{ length: 60s, start: utc }', '{ length: 60s, start: first-request }']],
    ['another algorithm', ['algorithm: fixed-window', 'algorithm: sliding-log']],
    ['another partition', ['partitionBy: [key]', 'partitionBy: [key, ip]']],
    ['other fractions', ['    quota: 20\n', '    quota: 20\n    scale: 10\n']],
  ])('of a policy with %s begin anew, and of the others do not', async (_what, edit) => {
    const reload = await start();
    for (let i = 0; i < 3; i++) await stations();
    expect(await reload(edit)).toMatch(/; key-minute restarts at zero; everything else is kept$/);
    expect(used('key-minute')).toEqual([]);
    expect(await left()).toBe(19);
    expect(used('account-day')).toEqual([4]);
  });

  test('of a policy that is taken away go with it', async () => {
    const reload = await start();
    await stations();
    const text = readFileSync(FILE, 'utf8');
    const policy = text.slice(text.indexOf('  account-day:\n'), text.indexOf('# The rate limit headers'));
    expect(await reload([policy, '\n'], [', account-day: 20000', ''])).toContain('policies.account-day removed');
    await stations();
    expect(mock.quotas().map((quota) => quota.policy)).toEqual(['key-minute']);
    await reload();
    expect(await left()).toBe(17);
    expect(used('account-day')).toEqual([1]);
  });
});

describe('a request on its way', () => {
  test('is finished by its own edition, and gives back what both count alike', async () => {
    const reload = await start();
    mock.faults.add({ delayMs: 10_000, status: 503, times: 1 });
    const slow = stations();
    expect(used('key-minute')).toEqual([1]);
    await reload(['quota: 20', 'quota: 5'], ['    status: 429', '    status: 430']);
    expect(mock.inFlight()).toHaveLength(1);
    expect(await left()).toBe(3);
    await mock.clock.advance('10s');
    expect((await slow).headers.get('x-ratelimit-remaining')).toBe('19');
    expect(await left()).toBe(3);
  });

  test('does not touch what the new edition counts otherwise', async () => {
    const reload = await start();
    mock.faults.add({ delayMs: 10_000, status: 503, times: 1 });
    const slow = stations();
    await reload(['algorithm: fixed-window', 'algorithm: token-bucket'], ['60s, start: utc', '1h, start: utc']);
    expect([await left(), await left()]).toEqual([19, 18]);
    await mock.clock.advance('10s');
    expect((await slow).status).toBe(503);
    expect(used('key-minute')).toEqual([2]);
    expect(used('account-day')).toEqual([2]);
  });

  test('ends with a reset as ever', async () => {
    const reload = await start();
    mock.faults.add({ delayMs: 10_000, times: 1 });
    const slow = stations().catch((error: Error) => error);
    await reload(['quota: 20', 'quota: 5']);
    mock.reset();
    expect(await slow).toBeInstanceOf(Error);
    expect(mock.inFlight()).toEqual([]);
    expect(await left()).toBe(4);
  });
});

describe('accounts', () => {
  test('follow the profile where nobody has said otherwise, and stay as somebody has put them', async () => {
    const reload = await start();
    mock.setAccount('tidewatch', 'mine', { plan: 'harbour', keys: ['tw_mine'], quotas: { 'account-day': 7 } });
    await reload(
      ['plan: harbour, says', 'plan: skipper, says'],
      [
        'fixtures:\n',
        'fixtures:\n  - { key: tw_new, credential: access-key, account: new, plan: harbour, says: new }\n',
      ],
    );
    expect([await left('tw_harbour'), await left('tw_new'), await left('tw_mine')]).toEqual([19, 199, 199]);
    expect(mock.quotas().find(({ partition }) => partition['account'] === 'mine')).toMatchObject({ limit: 7, used: 1 });
  });

  test('on a plan that is gone are on the usual one', async () => {
    const reload = await start();
    mock.setAccount('tidewatch', 'mine', { plan: 'harbour', keys: ['tw_mine'] });
    expect(await left('tw_mine')).toBe(199);
    await reload(['  harbour: {', '  quay: {'], ['plan: harbour', 'plan: quay']);
    expect([await left('tw_mine'), await left('tw_harbour')]).toEqual([18, 199]);
  });

  test('of fixtures that have moved go with them', async () => {
    const reload = await start();
    await reload(['account: harbour-office', 'account: port-authority']);
    await stations('tw_harbour');
    expect(mock.quotas().map(({ partition }) => partition['account'])).toContain('port-authority');
    mock.reset({ accounts: true });
    expect(await left('tw_harbour')).toBe(199);
  });
});

describe('what is kept', () => {
  test('goes on; a collection that is defined otherwise is filled anew', async () => {
    const reload = await start();
    expect(await (await alert()).json()).toMatchObject({ id: 'al_1' });
    expect(await reload(['name: Newlyn', 'name: Mousehole'])).toMatch(
      /; stations is filled again; everything else is kept$/,
    );
    expect(await (await stations()).json()).toMatchObject({ stations: [{ name: 'Brest' }, { name: 'Mousehole' }] });
    expect(await (await alert()).json()).toMatchObject({ id: 'al_2' });
  });

  test('by the cache was made by the former edition, and is gone', async () => {
    const reload = await start('profiles/aiclicks.yaml');
    const domains = () => mock.fetch('/api/v1/domains', { headers: { Authorization: 'Bearer ak_live_a' } });
    const states = async () => [(await domains()).headers.get('x-cache'), (await domains()).headers.get('x-cache')];
    expect(await states()).toEqual(['MISS', 'HIT']);
    await reload(['website: acme.com', 'website: acme.example']);
    const fresh = await domains();
    expect([fresh.headers.get('x-cache'), fresh.headers.get('x-ratelimit-remaining')]).toEqual(['MISS', '57']);
    expect(await fresh.text()).toContain('acme.example');
  });

  test('by jobs: they run on, and hold what they held', async () => {
    const reload = await start('profiles/prediction.yaml');
    const create = () =>
      mock.fetch('/v1/black-forest-labs/flux-kontext-max/predictions', {
        method: 'POST',
        headers: { Authorization: 'Bearer sk_live_a', 'Content-Type': 'application/json' },
        body: JSON.stringify({ input: { prompt: 'a tide' } }),
      });
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(201);
    await reload(['quota: 5', 'quota: 2']);
    expect((await create()).status).toBe(429);
    await mock.clock.advance('1h');
    expect((await create()).status).toBe(201);
  });

  test('by jobs: their ends are told once, whoever moves them', async () => {
    const reload = await start('profiles/full-domination.yaml', {
      clock: { frozen: true, now: '2026-05-12T08:00:00Z' },
    });
    const draft = async () => {
      const response = await mock.fetch('/v1/content/draft', {
        method: 'POST',
        headers: { Authorization: 'Bearer ad_live_a', 'Content-Type': 'application/json' },
        body: JSON.stringify({ briefs: [{ title: 'A', targetPrompt: 'b', outlineAngle: 'c' }] }),
      });
      return ((await response.json()) as { data: { id: string }[] }).data[0]!.id;
    };
    const [ended, moved, left] = [await draft(), await draft(), await draft()];
    const told: string[] = [];
    mock.on('job', ({ data, at }) => told.push(`${data.id} ${data.change} ${at - Date.parse('2026-05-12T08:00:00Z')}`));
    await reload(['quota: 120', 'quota: 121']);
    await mock.jobs.set(ended, { state: 'draft' });
    await mock.jobs.set(moved, { endsInMs: 90_000 });
    await mock.clock.advance('1h');
    expect(told).toEqual([`${ended} ended 0`, `${moved} changed 0`, `${left} ended 60000`, `${moved} ended 90000`]);
  });
});

describe('reload', () => {
  test('of what has not changed changes nothing', async () => {
    const reload = await start();
    expect(await reload()).toMatch(/: nothing in it has changed$/);
    expect(await mock.reload('tidewatch')).toMatchObject({ profile: 'tidewatch', changes: [] });
  });

  test('of what is not served is refused', async () => {
    await start();
    await expect(mock.reload('klinky')).rejects.toThrow('no profile "klinky" is served; these are: tidewatch');
  });

  test('tells many changes in a few words', async () => {
    const reload = await start();
    const summary = await reload(
      ['quota: 20', 'quota: 21'],
      ['quota: 1000', 'quota: 1001'],
      ['units: 10', 'units: 11'],
      ['title: Tidewatch', 'title: Tidewatch 2'],
      ["date: '2026-05'", "date: '2026-06'"],
      ['title: Fair use', 'title: Fairest use'],
    );
    expect(summary).toMatch(/: title "Tidewatch" → "Tidewatch 2", .* more settings; all counters are kept$/);
  });
});
