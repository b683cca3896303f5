/**
 * Security as a document describes it: which credentials a request needs, together or instead of each other, and where it carries them.
 */
import { describe, expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';

const SCHEMES = {
  head: { type: 'apiKey', in: 'header', name: 'X-Key' },
  ask: { type: 'apiKey', in: 'query', name: 'key' },
  crumb: { type: 'apiKey', in: 'cookie', name: 'sid' },
  bearer: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'Basic' },
  digest: { type: 'http', scheme: 'digest' },
  oauth: { type: 'oauth2', flows: {} },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://a.example.com' },
  tls: { type: 'mutualTLS' },
};

type Requirement = Partial<Record<keyof typeof SCHEMES | 'unknown', string[]>>;

const documentOf = (security: readonly Requirement[]) => ({
  openapi: '3.1.0',
  info: { title: 'Safe "box"', version: '1' },
  paths: { '/a': { get: { operationId: 'a', security, responses: { 200: { description: 'ok' } } } } },
  components: { securitySchemes: SCHEMES },
});

interface Sent {
  readonly status: number;
  readonly caller: Readonly<Record<string, string>> | undefined;
  readonly detail: string | undefined;
  readonly challenge: string | null;
}

async function send(security: readonly Requirement[], headers: Record<string, string> = {}, query = ''): Promise<Sent> {
  await using mock = await createMock({ openapi: documentOf(security) });
  const response = await mock.fetch(`/a${query}`, { headers });
  const { detail } = response.status === 200 ? { detail: undefined } : ((await response.json()) as { detail: string });
  const { caller } = mock.requests().at(-1)!;
  return { status: response.status, caller, detail, challenge: response.headers.get('www-authenticate') };
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('a scheme', () => {
  test.each<[name: keyof typeof SCHEMES, good: Record<string, string>, query: string, bad: Record<string, string>]>([
    ['head', { 'x-key': 'abc' }, '', { 'x-key': 'a b' }],
    ['ask', {}, '?key=abc', {}],
    ['crumb', { cookie: 'a=b; sid="abc"; c=d' }, '', { cookie: 'sid2=abc' }],
    ['bearer', { authorization: 'bearer abc' }, '', { authorization: 'Basic abc' }],
    ['basic', basic('user:pass:word'), '', { authorization: 'Basic dXNlcg==' }],
    ['digest', { authorization: 'Digest username="a", uri="/"' }, '', { authorization: 'Bearer abc' }],
    ['oauth', { authorization: 'Bearer abc' }, '', { authorization: 'abc' }],
    ['oidc', { authorization: 'Bearer abc' }, '', { authorization: 'Bearer a b' }],
  ])('%s', async (name, good, query, bad) => {
    expect((await send([{ [name]: [] }], good, query)).status).toBe(200);
    expect((await send([{ [name]: [] }], bad)).status).toBe(401);
    expect((await send([{ [name]: [] }])).status).toBe(401);
  });

  test('basic: the user is the key', async () => {
    await using mock = await createMock({ openapi: documentOf([{ basic: [] }]) });
    await mock.fetch('/a', { headers: basic('someone-special:secret') });
    // Keys are masked in the journal.
    expect(mock.requests()[0]!.caller!['key']).toMatch(/cial$/);
    expect(JSON.stringify(mock.requests())).not.toContain('secret');
  });

  test.each<[what: string, requirement: Requirement]>([
    ['mutualTLS', { tls: [] }],
    ['one that is not described', { unknown: [] }],
  ])('%s is not asked for, and a warning says so', async (_what, requirement) => {
    const lines: string[] = [];
    const log = (level: string, line: string) => lines.push(`${level}: ${line}`);
    await using mock = await createMock({ openapi: documentOf([requirement]), log });
    expect((await mock.fetch('/a')).status).toBe(200);
    expect(lines[0]).toMatch(/^warn: .*so (?:it|"tls") is not asked for; .*\[openapi\/security\]$/);
  });

  test('a scheme that is not shown leaves the one beside it', async () => {
    expect((await send([{ tls: [], head: [] }])).status).toBe(401);
    expect((await send([{ tls: [], head: [] }], { 'x-key': 'abc' })).status).toBe(200);
  });
});

describe('a 401 says what to send', () => {
  test('where each credential is looked for, and as a challenge', async () => {
    const { detail, challenge } = await send([{ head: [], ask: [] }, { bearer: [] }, { crumb: [] }]);
    expect(detail).toBe(
      'The request has no credential. Send the header X-Key (head) and the query parameter key (ask), ' +
        'or the header Authorization: Bearer, with a token (bearer), or the cookie sid (crumb).',
    );
    const realm = 'realm="Safe \\"box\\""';
    expect(challenge).toBe(
      `ApiKey ${realm}, in="header", name="X-Key", ApiKey ${realm}, in="query", name="key", Bearer ${realm}, ApiKey ${realm}, in="cookie", name="sid"`,
    );
  });

  test('that a credential was sent, and is not accepted', async () => {
    const { detail, challenge } = await send([{ basic: [] }], { authorization: 'Bearer x' });
    expect(detail).toMatch(/^The credential of the request is not accepted\. Send the header Authorization: Basic, /);
    expect(challenge).toBe('Basic realm="Safe \\"box\\"", charset="UTF-8"');
  });
});

describe('requirements', () => {
  const AND = [{ head: [], bearer: [] }];
  const both = { 'x-key': 'my-first-key', authorization: 'Bearer my-second-key' };

  test('and: all are needed, and the caller has the facts of all', async () => {
    expect((await send(AND, { 'x-key': 'my-first-key' })).status).toBe(401);
    expect((await send(AND, { authorization: 'Bearer my-second-key' })).status).toBe(401);
    const { status, caller } = await send(AND, both);
    expect(status).toBe(200);
    expect(Object.keys(caller!).sort()).toEqual(['account', 'bearer', 'key', 'kind']);
  });

  test('or: any is enough', async () => {
    const OR = [{ head: [] }, { bearer: [] }];
    expect((await send(OR, { 'x-key': 'a' })).status).toBe(200);
    expect((await send(OR, { authorization: 'Bearer b' })).status).toBe(200);
    // A bad one does not spoil a good one.
    expect((await send(OR, { 'x-key': 'a b', authorization: 'Bearer b' })).status).toBe(200);
    expect((await send(OR)).status).toBe(401);
  });

  test('or of lists', async () => {
    const EITHER = [{ head: [], bearer: [] }, { crumb: [] }];
    expect((await send(EITHER, both)).status).toBe(200);
    expect((await send(EITHER, { cookie: 'sid=1' })).status).toBe(200);
    expect((await send(EITHER, { 'x-key': 'a' })).status).toBe(401);
  });

  test.each<[what: string, security: Requirement[]]>([
    ['last', [{ bearer: [] }, {}]],
    ['first', [{}, { bearer: [] }]],
    ['of lists', [{ bearer: [], tls: [] }, {}]],
  ])('optional, %s: used if it was sent, refused if it is bad, else nobody', async (_what, security) => {
    expect(await send(security)).toMatchObject({ status: 200, caller: {} });
    const { status, caller } = await send(security, { authorization: 'Bearer my-token' });
    expect({ status, facts: Object.keys(caller!).sort() }).toEqual({ status: 200, facts: ['account', 'key', 'kind'] });
    expect((await send(security, { authorization: 'Nonsense' })).status).toBe(401);
  });

  test('none: nothing is looked at', async () => {
    expect(await send([], { authorization: 'Nonsense' })).toMatchObject({ status: 200, caller: {} });
  });
});
