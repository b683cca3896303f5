/** What is shown of a credential, and how credentials are found in paths, queries and messages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../../src/profile/callers/masking.js';
import { secretFacts } from '../../src/profile/callers/secret-facts.js';
import { builtInProfiles } from '../../src/profile/locate.js';
import { loadedProvider } from '../helpers/providers.js';
import { scaled } from '../properties/agree.js';

const providers = builtInProfiles().map((id) => loadedProvider(id));
const secrets = new Secrets(providers.map(({ profile }) => profile));
const LONG = 'abcdefghijklmnopqrstuvwxyz1234';

describe('a credential', () => {
  it.each([
    [`klinky_live_${LONG}`, 'klinky_live_…1234'],
    [`ak_live_${LONG}`, 'ak_live_…1234'],
    [`ak_${LONG}`, 'ak_…1234'],
    [`ad_live_${LONG}`, 'ad_live_…1234'],
    [`ad_test_${LONG}`, 'ad_test_…1234'],
    [`sk_live_${LONG}`, 'sk_live_…1234'],
    [`sk_test_${LONG}`, 'sk_test_…1234'],
    // The documented prefix is part of what is shown, and that is at most half.
    ['klinky_live_aaaabbbb', 'klinky…bbbb'],
    ['klinky_live_demo', 'klinky…mo'],
    ['klinky_live_ab', 'klinky…b'],
    ['klinky_live_a', 'klinky…'],
    ['klinky_live_', 'klinky…'],
    ['sk_live_aaaabbbb', 'sk_…bbbb'],
    ['ak_ab', '…b'],
    // Without a documented prefix there is nothing but the end.
    ['klinky_test_abcdefgh', '…efgh'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '…dXJl'],
    ['cmV2b2tlZDpyZXZva2Vk', '…a2Vk'],
    ['Bearer sk_live_abcdefgh', '…efgh'],
    ['', '…'],
    ['a', '…'],
    ['ab', '…b'],
    ['abc', '…c'],
    ['abcd', '…cd'],
    ['abcdefg', '…efg'],
    ['abcdefgh', '…efgh'],
    ['🔑🔑🔑🔑', '…🔑🔑'],
    ['k🔑', '…'],
    ['klinky_live_ключключключключключ', 'klinky_live_…ключ'],
  ])('%j is shown as %j', (credential, shown) => {
    expect(secrets.credential(credential)).toBe(shown);
  });

  it('that is a fixture is shown whole, so that fixtures can be told apart', () => {
    for (const { profile } of providers)
      for (const { key } of profile.fixtures) expect(secrets.credential(key), key).toBe(key);
    // What fits a fixture's pattern is shown as that fixture.
    expect(secrets.credential('ad_live_readonly00')).toBe('ad_live_readonly000000000000000000000000');
    expect(secrets.credential('klinky_live_growth1')).toBe('klinky…th1');
  });

  const anyCredential = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .tuple(fc.constantFrom('klinky_live_', 'ak_', 'ak_live_', 'ad_live_', 'sk_test_'), fc.string())
      .map((parts) => parts.join('')),
  );

  it('is never shown by more than half, nor more than its prefix and its last four characters', () => {
    fc.assert(
      fc.property(anyCredential, (credential) => {
        fc.pre(!providers.some(({ profile }) => profile.fixtures.some(({ key }) => key === credential)));
        const shown = secrets.credential(credential);
        const cut = shown.indexOf('…');
        const [head, tail] = [shown.slice(0, cut), shown.slice(cut + 1)];
        expect(credential.startsWith(head)).toBe(true);
        expect(credential.endsWith(tail)).toBe(true);
        expect(
          ['klinky_live_', 'ak_live_', 'ad_live_', 'ad_test_', 'sk_live_', 'sk_test_'].some((one) =>
            one.startsWith(head),
          ),
        ).toBe(true);
        expect(tail.length).toBeLessThanOrEqual(4);
        expect(2 * (head.length + tail.length)).toBeLessThanOrEqual(credential.length);
        // Half of a surrogate pair is no character.
        expect(tail.isWellFormed()).toBe(true);
      }),
      { numRuns: scaled(2_000) },
    );
  });
});

describe('a path', () => {
  const KEY = `klinky_live_${LONG}`;
  const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

  it.each([
    '/api/v1/public/links',
    '/api/v1/public/links?limit=10&cursor=abc&page_token=xyz&max_tokens=5',
    '/api/v1/domains?q=www.example.com&path=/a/b&mail=bob@example.com',
    '/break_this/task_1/disk_live_x',
    '/a%20b/%zz?x=%E4&y=a+b',
    '/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV/3f2504e0-4f89-41d3-9a0c-0305e82c3301/1.2.3',
    '/links/klinky_live_growth',
    '/users/bob@example.com',
    '/links?q=basic+training&r=Token%20of%20love&s=bearer',
    '?',
    '/',
    '',
    '/?token=&key',
    '/?X-Amz-SignedHeaders=host&SignatureVersion=2&signature_method=x&next_token=a&continuation_token=b&design=c',
    '/a;v=1;page_token=x/b;token;token=',
  ])('without a credential stays as it came: %s', (target) => {
    expect(secrets.target(target)).toBe(target);
  });

  it.each([
    [`/links/${KEY}`, '/links/klinky_live_…1234'],
    [`/links/${KEY}/stats`, '/links/klinky_live_…1234/stats'],
    [`/links/x${KEY}`, '/links/xklinky_live_…1234'],
    [`/links/${KEY.toUpperCase()}`, '/links/…1234'],
    [`/links/klinky%5Flive%5F${LONG}`, '/links/klinky_live_…1234'],
    [`/links/klinky%255Flive%255F${LONG}`, '/links/klinky_live_…1234'],
    [`/links/${[...KEY].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('')}`, '/links/klinky_live_…1234'],
    [`/links/${KEY}%2Fmore%20text`, '/links/klinky_live_…text'],
    [`/links?x=${KEY}&y=1`, '/links?x=klinky_live_…1234&y=1'],
    [`/links?${KEY}`, '/links?klinky_live_…1234'],
    [`/links?${KEY}=1&b`, '/links?klinky_live_…1234=1&b'],
    [`/links?auth=Bearer+${KEY}`, '/links?auth=…'],
    [`/links?h=Bearer+${KEY}`, '/links?h=Bearer%20klinky_live_…1234'],
    [
      '/x?X-Amz-Signature=0a1b&X-Goog-Signature=c2&Signature=d3~_',
      '/x?X-Amz-Signature=…&X-Goog-Signature=…&Signature=…',
    ],
    ['/x?X-Amz-Security-Token=FwoG&x-amz-credential=AKIA%2F1', '/x?X-Amz-Security-Token=…&x-amz-credential=…'],
    [
      '/x?signature-256=a&oauth_signature=b&passphrase=c&privateKey=d',
      '/x?signature-256=…&oauth_signature=…&passphrase=…&privateKey=…',
    ],
    ['/hdr;token=SECRET;v=1/x;%74oken=b?q=1', '/hdr;token=…;v=1/x;%74oken=…?q=1'],
    ['/links?h=Basic%20dXNlcjpwYXNzd29yZA==', '/links?h=Basic%20…ZA=='],
    [`/links?api_key=${KEY}`, '/links?api_key=klinky_live_…1234'],
    ['/links?api_key=hunter2&password=hunter2&access%5Ftoken=hunter2', '/links?api_key=…&password=…&access%5Ftoken=…'],
    ['/links?X-API-Key=hunter2&client_secret=hunter2', '/links?X-API-Key=…&client_secret=…'],
    [`/links/${JWT}`, '/links/…dXJl'],
    [`/links?x=${JWT}&a=${JWT}.`, '/links?x=…dXJl&a=…XJl.'],
    ['/links/Ab3dEfGhIj.kLmNoPqRsT.uVwXyZ0123', '/links/…0123'],
    ['http://user:pw@host/links', 'http://…@host/links'],
    ['//user:pw@host/links', '//…@host/links'],
    ['/to?next=http://user:pw@host/x', '/to?next=http://…@host/x'],
    ['/to?next=http%3A%2F%2Fuser%3Apw%40host%2Fx', '/to?next=http://…@host/x'],
    ['/user:pw@host', '/…@host'],
  ])('%s is shown as %s', (target, shown) => {
    expect(secrets.target(target)).toBe(shown);
    // What has been shown is shown alike again.
    expect(secrets.target(shown)).toBe(shown);
  });

  it('may have the very credential that the request shows, whatever its form', () => {
    expect(secrets.target('/a/tango/b?c=tango&d=xtangox&e=t', 'tango')).toBe('/a/…go/b?c=…go&d=x…gox&e=t');
    expect(secrets.target('/a/abc?x=abc&y=abcd', 'abc')).toBe('/a/…c?x=…c&y=abcd');
    expect(secrets.target('/a/p%2Bq%2Fr?x=p+q/r&y=p%2bq%2fr', 'p+q/r')).toBe('/a/…/r?x=…/r&y=…/r');
  });

  it('may have one that somebody has named', () => {
    expect(secrets.target('/a/tango?b=tango', undefined, (word) => word === 'tango')).toBe('/a/…go?b=…go');
  });
});

describe('a message', () => {
  const KEY = `sk_live_${LONG}`;

  it.each([
    [
      `there is no job "${KEY}"; GET /jobs lists those there are`,
      'there is no job "sk_live_…1234"; GET /jobs lists those there are',
    ],
    [`Prediction '${KEY}' not found`, "Prediction 'sk_live_…1234' not found"],
    [`partition.${KEY}`, 'partition.sk_live_…1234'],
    ['partition.Ab3dEfGhIj.kLmNoPqRsT.uVwXyZ0123', 'partition.…0123'],
    [`at http://user:pw@host/sk%5Flive%5F${LONG}.`, 'at http://…@host/sk_live_…234.'],
    [`{"key":"${KEY}"}`, '{"key":"sk_live_…1234"}'],
    ['sk_live_ is how a key begins; sk_live_… is one', 'sk_live_ is how a key begins; sk_live_… is one'],
    ['key ak_live_…1111 and ak_…1111, klinky…bbbb', 'key ak_live_…1111 and ak_…1111, klinky…bbbb'],
    ['policies.key-minute.quota: must be a number', 'policies.key-minute.quota: must be a number'],
    ['2026-05-12T08:00:00.000Z is 100% well', '2026-05-12T08:00:00.000Z is 100% well'],
  ])('%s', (text, shown) => {
    expect(secrets.text(text)).toBe(shown);
    expect(secrets.text(shown)).toBe(shown);
  });

  it('may be JSON, which stays the same value where there is no credential in it', () => {
    const value = { a: ['b', { c: null, d: 1 }] };
    expect(secrets.value(value)).toBe(value);
    expect(secrets.value({ [KEY]: [KEY, 1], other: value })).toEqual({
      'sk_live_…1234': ['sk_live_…1234', 1],
      other: value,
    });
  });

  it('takes a time that grows with its length, whatever is in it', () => {
    // Each of these would take minutes where a pattern backtracks.
    for (const piece of ['eyJ', 'sk_live_', '%41', '//', '?;', 'a.', '=', '"', 'Bearer ', 'a@', '%', 'a:'])
      for (const text of [piece.repeat(100_000), `${piece.repeat(100_000)}\n`]) {
        secrets.text(text);
        secrets.target(text.slice(0, 20_000));
      }
  });
});

it('facts of a caller are secret where they are a credential or a variable part of one', () => {
  const [{ profile }] = [loadedProvider('full-domination')];
  expect([...secretFacts(profile).credentials]).toEqual(['token']);
  expect([...secretFacts(profile).parts]).toEqual([]);
  const spec = {
    ...Object.values(profile.callers.credentials)[0]!,
    pattern: '^ad_(?<mode>live|test)_(?<team>[a-z]+)_.+$',
  };
  const other = { ...profile, callers: { ...profile.callers, credentials: { token: spec } } };
  expect([...secretFacts(other).parts]).toEqual(['team']);
});
