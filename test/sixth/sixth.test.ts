/**
 * A provider that is none of ours: an OpenAPI document, the profile that `init` made from it, and the edits of somebody who has read the provider's pages.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMock } from '../../src/mock.js';
import { finished } from '../cli/terminal.js';
import { temporaryFolder } from '../tools/build.js';

const FILE = 'test/sixth/tidewatch.profile.yaml';
const starters = temporaryFolder('sixth');
afterAll(starters.remove);

const mock = await createMock({ profile: FILE, clock: { now: '2026-05-12T08:00:30Z' } });
afterAll(() => mock.close());
beforeEach(() => mock.reset({ clock: true, accounts: true }));

const as = (key: string) => ({ headers: { 'X-Access-Key': key } });
const stations = (key: string) => mock.fetch('/v2/stations', as(key));

test('it is what init makes, edited: every section of the starter is there still, comments and all', async () => {
  await finished(['init', 'test/sixth/openapi.yaml', '--out', starters.path]);
  const starter = readFileSync(`${starters.path}/tidewatch.profile.yaml`, 'utf8');
  const edited = readFileSync(FILE, 'utf8');
  const sections = Object.keys(parse(starter) as object);
  expect(Object.keys(parse(edited) as object)).toEqual(expect.arrayContaining(sections));
  const comments = starter.split('\n').filter((line) => /^ *# [A-Z]/.test(line) && !/mock429|Such as:/.test(line));
  expect(comments.length).toBeGreaterThan(20);
  expect(comments.filter((line) => !edited.includes(line))).toEqual([]);
});

test('it passes validate', async () => {
  const { code, out } = await finished(['validate', FILE]);
  expect({ code, out }).toEqual({ code: 0, out: `${FILE}: ok (2 policies, 3 operations, 1 variant)\n` });
});

describe('it is limited as its pages say', () => {
  test('20 a minute of the clock for each key', async () => {
    for (let left = 19; left >= 0; left--) {
      const { status, headers } = await stations('tw_a');
      expect([status, headers.get('x-ratelimit-remaining')]).toEqual([200, String(left)]);
    }
    const refused = await stations('tw_a');
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-ratelimit-reset')]).toEqual([
      429,
      '30',
      '30',
    ]);
    expect(await refused.json()).toEqual({
      code: 'slow_down',
      message: 'Too many requests.',
      retryIn: 30,
      policy: 'key-minute',
    });
    expect((await stations('tw_b')).status).toBe(200);
    await mock.clock.advance('30s');
    expect((await stations('tw_a')).status).toBe(200);
  });

  test('1000 a day of Paris for each account, of which an alert takes 10', async () => {
    mock.setQuota({ policy: 'account-day', partition: { account: 'default' }, remaining: 11 });
    const alert = (key: string) =>
      mock.fetch('/v2/alerts', {
        method: 'POST',
        headers: { 'X-Access-Key': key, 'Content-Type': 'application/json' },
        body: JSON.stringify({ station: 'brest', above: 6.5 }),
      });
    const made = await alert('tw_a');
    expect([made.status, await made.json()]).toEqual([201, { id: 'al_1', station: 'brest', above: 6.5 }]);
    const refused = await alert('tw_b');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ policy: 'account-day' });
    // Midnight in Paris is 22:00 UTC in May.
    expect(refused.headers.get('retry-after')).toBe(String(13 * 3600 + 59 * 60 + 30));
    expect((await stations('tw_b')).status).toBe(200);
    expect((await stations('tw_b')).status).toBe(429);
    expect((await alert('tw_harbour')).status).toBe(201);
  });

  test('more on the plan harbour', async () => {
    expect((await stations('tw_harbour')).headers.get('x-ratelimit-remaining')).toBe('199');
  });

  test('otherwise by its variant', async () => {
    const rolling = await createMock({
      profile: FILE,
      variant: 'rolling-minute',
      clock: { now: '2026-05-12T08:00:30Z' },
    });
    const response = await rolling.fetch('/v2/stations', as('tw_a'));
    expect(response.headers.get('x-ratelimit-reset')).toBe('60');
    await rolling.close();
  });
});

describe('it answers as its document says', () => {
  test('a list, by its limit', async () => {
    const response = await mock.fetch('/v2/stations?limit=1', as('tw_a'));
    expect(await response.json()).toEqual({ stations: [{ id: 'brest', name: 'Brest', country: 'FR' }] });
  });

  test('the tides of a station that there is', async () => {
    const response = await mock.fetch('/v2/stations/newlyn/tides?date=2026-05-13', as('tw_a'));
    expect(await response.json()).toMatchObject({
      station: 'newlyn',
      date: '2026-05-13',
      tides: [{ kind: 'high' }, {}],
    });
  });

  test.each([
    ['no key', '/v2/stations', '', 401, 'bad_key'],
    ['a key of another form', '/v2/stations', 'sk_a', 401, 'bad_key'],
    ['a revoked key', '/v2/stations', 'tw_revoked', 401, 'bad_key'],
    ['no such station', '/v2/stations/none/tides?date=2026-05-13', 'tw_a', 404, 'no_such_station'],
    ['no date', '/v2/stations/brest/tides', 'tw_a', 422, 'invalid'],
    ['too long a page', '/v2/stations?limit=51', 'tw_a', 422, 'invalid'],
  ])('%s', async (_what, path, key, status, code) => {
    const response = await mock.fetch(path, key === '' ? {} : as(key));
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
  });
});
