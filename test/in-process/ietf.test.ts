/** The option `ietf`: the fields and problem types of draft-ietf-httpapi-ratelimit-headers, for any profile. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMock } from '../../src/index.js';
import { parseDictionary, parseList } from '../../src/limits/render/structured-fields.js';

const folder = mkdtempSync(join(tmpdir(), 'mock429-ietf-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Store', version: '1' },
  paths: { '/items': { get: { operationId: 'listItems', responses: { '200': { description: 'Items' } } } } },
};
writeFileSync(join(folder, 'openapi.json'), JSON.stringify(DOCUMENT));

const assumed = { level: 'assumed' };
const policy = (more: object) => ({
  algorithm: 'fixed-window',
  partitionBy: ['ip'],
  asked: 'arrival',
  refusal: { error: 'limited' },
  evidence: assumed,
  ...more,
});

/** A profile with two windows and a limit of concurrency. */
function store(name: string, more: { contentType?: string; body?: unknown; headers?: unknown } = {}): string {
  const { headers = {}, ...limited } = more;
  const profile = {
    id: 'store',
    title: 'Store',
    baseUrl: 'https://store.example',
    openapi: 'openapi.json',
    sources: {},
    callers: { credentials: {} },
    accounts: { fact: 'account', plan: 'only', evidence: assumed },
    plans: { only: { evidence: assumed } },
    policies: {
      minute: policy({ quota: 2, window: { length: '60s', start: 'first-request' } }),
      money: policy({
        quota: 12.5,
        scale: 10,
        unit: 'usd',
        cost: [{ units: 6.2 }],
        window: { length: '1h', start: 'first-request' },
      }),
      slots: policy({ algorithm: 'concurrency', quota: 5, unit: 'concurrent-requests' }),
    },
    headers,
    errors: {
      limited: { status: 429, body: { error: 'limited' }, evidence: assumed, ...limited },
      failed: { status: 500, body: {}, evidence: assumed },
      missing: { status: 404, body: {}, evidence: assumed },
    },
    answers: {
      notFound: 'missing',
      methodNotAllowed: 'missing',
      tooLarge: 'missing',
      clientError: 'missing',
      serverError: 'failed',
    },
    validation: [{ error: 'missing' }],
  };
  const file = join(folder, `${name}.profile.json`);
  writeFileSync(file, JSON.stringify(profile));
  return file;
}

const fieldsOf = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('ratelimit') || name.startsWith('x-ratelimit')));

describe('the option ietf', () => {
  it.each([10, 11] as const)('adds the lists of revision %i', async (ietf) => {
    await using mock = await createMock({ profile: store('lists'), ietf, clock: 'frozen' });
    const { headers } = await mock.fetch('/items');
    expect(fieldsOf(headers)).toEqual({
      ratelimit: '"minute";r=1;t=60, "money";r=6;t=3600, "slots";r=4',
      'ratelimit-policy': '"minute";q=2;w=60, "money";q=12;w=3600, "slots";q=5;qu="concurrent-requests"',
    });
    expect(parseList(headers.get('ratelimit')!)).toHaveLength(3);
  });

  it('adds the dictionary of revision 7', async () => {
    await using mock = await createMock({ profile: store('dictionary'), ietf: 7, clock: 'frozen' });
    const { headers } = await mock.fetch('/items');
    expect(fieldsOf(headers)).toEqual({
      ratelimit: 'limit=2, remaining=1, reset=60',
      'ratelimit-policy': '2;w=60;comment="minute", 12;w=3600;comment="money"',
    });
    expect([...parseDictionary(headers.get('ratelimit')!).keys()]).toEqual(['limit', 'remaining', 'reset']);
  });

  it('adds the trio of revision 6', async () => {
    await using mock = await createMock({ profile: store('trio'), ietf: 6, clock: 'frozen' });
    await mock.fetch('/items');
    const { headers, status } = await mock.fetch('/items');
    expect(status).toBe(200);
    expect(fieldsOf(headers)).toEqual({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '60',
      'ratelimit-policy': '2;w=60;comment="minute", 12;w=3600;comment="money"',
    });
  });

  it('replaces only headers of the same name, and leaves the body of the provider', async () => {
    const headers = {
      ratelimit: { policy: 'minute', value: 'remaining', evidence: assumed },
      'X-RateLimit-Left': { policy: 'minute', value: 'remaining', evidence: assumed },
    };
    await using mock = await createMock({ profile: store('own', { headers }), ietf: 11, clock: 'frozen' });
    for (const _ of [1, 2]) await mock.fetch('/items');
    const refusal = await mock.fetch('/items');
    expect(refusal.status).toBe(429);
    expect(fieldsOf(refusal.headers)).toMatchObject({
      'x-ratelimit-left': '0',
      ratelimit: '"minute";r=0;t=60, "money";r=0;t=3600, "slots";r=5',
    });
    expect(await refusal.json()).toEqual({ error: 'limited' });
  });

  it('gives a problem its type, and names all policies that refused', async () => {
    const problem = { contentType: 'application/problem+json', body: { type: 'about:blank', title: 'Slow down' } };
    await using mock = await createMock({ profile: store('problem', problem), ietf: 11, clock: 'frozen' });
    for (const _ of [1, 2]) await mock.fetch('/items');
    const refusal = await mock.fetch('/items');
    expect(refusal.headers.get('content-type')).toBe('application/problem+json');
    expect(await refusal.json()).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Slow down',
      'violated-policies': ['minute', 'money'],
    });
  });

  it.each([
    [429, 'quota-exceeded'],
    [503, 'temporary-reduced-capacity'],
  ])('answers a forced %i of a document alone with the problem %s', async (status, name) => {
    await using mock = await createMock({ openapi: DOCUMENT, ietf: 11 });
    mock.faults.add({ status });
    const answer = await mock.fetch('/items');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      type: `https://iana.org/assignments/http-problem-types#${name}`,
      status,
      'violated-policies': [],
    });
  });

  it('adds nothing when it is not given', async () => {
    await using mock = await createMock({ profile: store('none'), clock: 'frozen' });
    expect(fieldsOf((await mock.fetch('/items')).headers)).toEqual({});
  });

  it('must be a revision', async () => {
    await expect(createMock({ profile: store('bad'), ietf: 9 as 11 })).rejects.toThrow(
      'ietf must be a revision of the draft (6, 7, 10, 11), not 9',
    );
  });
});
