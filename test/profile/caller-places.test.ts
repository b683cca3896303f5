/**
 * Where credentials are found: parameters of a header, the body, the path; which facts callers get from their request; and callers without a credential.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';
import { credential, type ShopOptions, writeShop } from './shop.js';

const files = temporaryFolder('caller-places');
afterAll(files.remove);

const evidence = { level: 'assumed' };

interface Asked {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | FormData;
}

/** Status and `X-Left` of each answer. */
async function ask(options: ShopOptions, ...requests: Asked[]): Promise<string[]> {
  await using mock = await createMock({ profile: writeShop(files.path, options), clock: 'frozen' });
  const answers: string[] = [];
  for (const { path = '/a', headers = {}, body } of requests) {
    const response = await mock.fetch(path, body === undefined ? { headers } : { method: 'POST', headers, body });
    answers.push(`${response.status} ${response.headers.get('x-left')}`);
  }
  return answers;
}

const authorization = (text: string): Asked => ({ headers: { authorization: text } });

describe('parameters of a header', () => {
  const credentials = {
    user: credential(
      { header: 'Authorization', scheme: 'OAuth', parameter: 'oauth_token', parameters: { app: 'oauth_consumer_key' } },
      'user',
    ),
  };
  const oauth = (token: string, app: string, nonce: string) =>
    authorization(
      `OAuth oauth_consumer_key="${app}", oauth_nonce="${nonce}",oauth_token="${token}", oauth_signature="tn%3D"`,
    );

  test('one of them is the credential, another one a fact; the rest may differ', async () => {
    const options = {
      security: [{ user: [] }],
      credentials,
      policies: { user: { partitionBy: ['key'] }, app: { partitionBy: ['app'], quota: 4 } },
    };
    expect(
      await ask(options, oauth('k1', 'a', '1'), oauth('k1', 'a', '2'), oauth('k2', 'b', '3'), oauth('x', 'a', '4')),
    ).toEqual(['200 3', '200 2', '200 3', '401 null']);
    // The escapes of OAuth 1.0a are decoded: both are the same user.
    expect(await ask(options, oauth('k-1%2Fb', 'a', '1'), oauth('%6B-1/b', 'a', '2'))).toEqual(['200 3', '200 2']);
    expect(await ask(options, authorization('OAuth'), authorization('OAuth oauth_nonce="1"'))).toEqual([
      '401 null',
      '401 null',
    ]);
  });

  test('Digest has quoted texts with escapes', async () => {
    const digest = { user: credential({ header: 'Authorization', scheme: 'Digest', parameter: 'username' }, 'user') };
    expect(
      await ask(
        { security: [{ user: [] }], credentials: digest },
        authorization('Digest realm="a, username=x", username="k\\"1", qop=auth'),
        authorization('digest username="k\\"1",nc=00000002'),
      ),
    ).toEqual(['200 4', '200 3']);
  });

  test('Basic has a user and a password', async () => {
    const basic = {
      user: credential(
        { header: 'Authorization', scheme: 'Basic', parameter: 'password', parameters: { login: 'user' } },
        'user',
      ),
    };
    const options = { security: [{ user: [] }], credentials: basic, policies: { login: { partitionBy: ['login'] } } };
    const sent = (text: string) => authorization(`Basic ${btoa(text)}`);
    expect(await ask(options, sent('any:k1'), sent('any:k2'), sent('other:k1'), sent('k1:any'))).toEqual([
      '200 4',
      '200 3',
      '200 4',
      '401 null',
    ]);
  });

  test('text after other schemes may have spaces; that of Bearer is one word', async () => {
    const spaced = (scheme: string) => ({
      security: [{ user: [] }],
      credentials: { user: credential({ header: 'Authorization', scheme, pattern: '^k \\w+$' }, 'user') },
    });
    expect(await ask(spaced('Token'), authorization('Token k one'), authorization('token  k one'))).toEqual([
      '200 4',
      '200 3',
    ]);
    expect(await ask(spaced('Bearer'), authorization('Bearer k one'))).toEqual(['401 null']);
  });
});

describe('places', () => {
  const body = { security: [{ key: [] }], credentials: { key: credential({ body: 'auth.token' }, 'key') } };
  const content = { schema: { type: 'object' } };
  const documented = (type: string) => ({ operation: { requestBody: { content: { [type]: content } } } });

  test('a field of a JSON body', async () => {
    const sent = (token: unknown) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { token } }),
    });
    expect(
      await ask({ ...body, ...documented('application/json') }, sent('k1'), sent('k1'), sent('x'), sent(null), {
        headers: { 'content-type': 'application/json' },
        body: '{',
      }),
    ).toEqual(['200 4', '200 3', '401 null', '401 null', '401 null']);
  });

  test('a field of a form', async () => {
    const form = { ...body, credentials: { key: credential({ body: 'token' }, 'key') } };
    const sent = (text: string) => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: text,
    });
    expect(
      await ask(
        { ...form, ...documented('application/x-www-form-urlencoded') },
        sent('token=k1&a=b'),
        sent('a=b&token=k%31'),
        sent('a=b'),
      ),
    ).toEqual(['200 4', '200 3', '401 null']);
  });

  test('a field of a multipart body', async () => {
    const form = { ...body, credentials: { key: credential({ body: 'token' }, 'key') } };
    const sent = (token: string) => {
      const data = new FormData();
      data.set('token', token);
      return { body: data };
    };
    expect(await ask({ ...form, ...documented('multipart/form-data') }, sent('k1'), sent('k1'), sent('x'))).toEqual([
      '200 4',
      '200 3',
      '401 null',
    ]);
  });

  test('a path parameter, which the journal masks', async () => {
    const options: ShopOptions = {
      callers: { withoutSecurity: 'required' },
      credentials: { bot: credential({ path: 'token', pattern: '^\\d+:\\w+$' }) },
      path: '/bot{token}/send',
    };
    const sent = (token: string) => ({ path: `/bot${token}/send` });
    expect(await ask(options, sent('123:secretsecret'), sent('123:secretsecret'), sent('none'))).toEqual([
      '200 4',
      '200 3',
      '401 null',
    ]);
    await using mock = await createMock({ profile: writeShop(files.path, options), clock: 'frozen' });
    await mock.fetch('/bot123:secretsecret/send');
    expect(JSON.stringify(mock.requests())).not.toContain('secretsecret');
  });

  test('a policy may count by a cookie, which is masked', async () => {
    const options: ShopOptions = {
      security: [],
      credentials: {},
      policies: { visitor: { partitionBy: ['cookie.visit'], asked: 'arrival' } },
    };
    const sent = (cookie: string) => ({ headers: { cookie } });
    expect(await ask(options, sent('visit=one'), sent('a=b; visit=one'), sent('visit=two'), {})).toEqual([
      '200 4',
      '200 3',
      '200 4',
      '200 null',
    ]);
    await using mock = await createMock({ profile: writeShop(files.path, options), clock: 'frozen' });
    await mock.fetch('/a', { headers: { cookie: 'visit=secretvisitor' } });
    expect(JSON.stringify([mock.quotas(), mock.requests()])).not.toContain('secretvisitor');
  });
});

describe('facts that are read from the request', () => {
  const options: ShopOptions = {
    security: [{ key: [] }],
    credentials: {
      key: credential(
        { header: 'X-Key', facts: { team: '${header.x-team}', site: 'eu', via: '${cookie.via}' } },
        'key',
      ),
    },
    policies: { team: { partitionBy: ['key', 'team'] } },
  };
  const sent = (key: string, team: string): Asked => ({ headers: { 'x-key': key, 'x-team': team } });

  test('callers differ by them, in any order of requests', async () => {
    const asked = [sent('k1', 'a'), sent('k1', 'b'), sent('k1', 'a'), sent('k2', 'a'), sent('k1', 'b')];
    expect(await ask(options, ...asked)).toEqual(['200 4', '200 4', '200 3', '200 4', '200 3']);
    // The policy does not apply to a request without the fact.
    expect(await ask(options, { headers: { 'x-key': 'k1' } })).toEqual(['200 null']);
  });

  test('a change of plan reaches all of them', async () => {
    const file = writeShop(files.path, { ...options, plans: { paid: { quotas: { team: 50 }, evidence } } });
    await using mock = await createMock({ profile: file, clock: 'frozen' });
    const left = async (team: string) =>
      (await mock.fetch('/a', { headers: { 'x-key': 'k1', 'x-team': team } })).headers.get('x-left');
    expect([await left('a'), await left('b')]).toEqual(['4', '4']);
    mock.setAccount('shop', 'default', { plan: 'paid' });
    expect([await left('a'), await left('b'), await left('a')]).toEqual(['48', '48', '47']);
  });
});

describe('callers without a credential', () => {
  const anonymous = { plan: 'guest', facts: { key: '${ip}' }, evidence };
  const shop: ShopOptions = {
    security: [{ key: [] }, {}],
    credentials: { key: credential({ header: 'X-Key' }, 'key') },
    callers: { anonymous },
    plans: { guest: { quotas: { minute: 2 }, evidence } },
  };
  const keyed = (key: string): Asked => ({ headers: { 'x-key': key } });

  test('are counted on their own plan; a credential that is sent is used', async () => {
    expect(await ask(shop, {}, {}, {}, keyed('k1'), keyed('bad'))).toEqual([
      '200 1',
      '200 0',
      '429 0',
      '200 4',
      '401 null',
    ]);
  });

  test('are told apart by what the profile reads, such as the address', async () => {
    const facts = { key: '${header.x-forwarded-for}' };
    const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
    expect(
      await ask({ ...shop, callers: { anonymous: { ...anonymous, facts } } }, from('1'), from('2'), from('1')),
    ).toEqual(['200 1', '200 1', '200 0']);
  });

  test('conditions know them by their kind', async () => {
    const policies = { guests: { partitionBy: [], applies: { caller: { kind: 'anonymous' } } } };
    expect(await ask({ ...shop, plans: { guest: { evidence } }, policies }, {}, keyed('k1'), {})).toEqual([
      '200 4',
      '200 null',
      '200 3',
    ]);
  });

  test('have an account whose plan can change', async () => {
    await using mock = await createMock({ profile: writeShop(files.path, shop), clock: 'frozen' });
    const left = async () => (await mock.fetch('/a')).headers.get('x-left');
    expect(await left()).toBe('1');
    mock.setAccount('shop', 'anonymous', { plan: 'free' });
    expect(await left()).toBe('3');
  });

  test('exist where the document names no security if the profile says so', async () => {
    const bare = { ...shop, security: undefined };
    expect(await ask(bare, {}, keyed('k1'), keyed('bad'))).toEqual(['200 null', '200 null', '200 null']);
    const withoutSecurity = (mode: string) => ({ ...bare, callers: { anonymous, withoutSecurity: mode } });
    expect(await ask(withoutSecurity('optional'), {}, keyed('k1'), keyed('bad'))).toEqual([
      '200 1',
      '200 4',
      '401 null',
    ]);
    expect(await ask(withoutSecurity('required'), {}, keyed('k1'), keyed('bad'))).toEqual([
      '401 null',
      '200 4',
      '401 null',
    ]);
  });

  test('a needed credential is missing all the same', async () => {
    expect(await ask({ ...shop, security: [{ key: [] }] }, {})).toEqual(['401 null']);
  });
});

describe('an app credential and a user credential', () => {
  const credentials = {
    user: credential({ header: 'X-User', fact: 'user' }, 'user'),
    app: credential({ header: 'X-App', fact: 'app' }, 'app'),
  };
  const policies = { user: { partitionBy: ['user'] }, app: { partitionBy: ['app'], quota: 4 } };
  const sent = (user?: string, app?: string): Asked => ({
    headers: { ...(user && { 'x-user': user }), ...(app && { 'x-app': app }) },
  });

  test('count together, and either alone', async () => {
    const security = [{ user: [], app: [] }, { user: [] }, { app: [] }];
    expect(
      await ask(
        { security, credentials, policies },
        ...[sent('k1', 'k2'), sent('k1'), sent(undefined, 'k2'), sent(), sent('bad', 'k2'), sent('k1', 'bad')],
      ),
    ).toEqual(['200 3', '200 3', '200 2', '401 null', '401 null', '401 null']);
  });

  test('count together where either suffices, if the profile says so', async () => {
    const either = { security: [{ user: [] }, { app: [] }], credentials, policies };
    // Only the user is counted, which has 5.
    expect(await ask(either, sent('k1', 'k2'), sent('k1', 'bad'))).toEqual(['200 4', '200 3']);
    expect(
      await ask(
        { ...either, callers: { several: 'all' } },
        ...[sent('k1', 'k2'), sent('k1'), sent(undefined, 'k2'), sent('k1', 'bad')],
      ),
    ).toEqual(['200 3', '200 3', '200 2', '401 null']);
  });
});
