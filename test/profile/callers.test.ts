/**
 * Credentials of a profile: optional ones, in cookies, Basic, and fixtures with some of the scopes.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('callers');
afterAll(files.remove);

const evidence = { level: 'assumed' };
const error = (status: number) => ({ status, body: {}, evidence });
const credential = (location: object, security: string) => ({
  ...location,
  pattern: '^k',
  fact: 'key',
  security,
  missing: 'unauthorized',
  invalid: 'unauthorized',
  forbidden: 'forbidden',
  evidence,
});

/** A profile that counts by key, and a document whose operation has these requirements. */
function profileWith(security: object[], credentials: object, fixtures: object[] = []): string {
  const folder = join(files.path, String(readdirSync(files.path).length));
  mkdirSync(folder);
  const schemes = { key: { type: 'apiKey', in: 'header', name: 'X-Key' }, oauth: { type: 'oauth2', flows: {} } };
  const operations = { get: { operationId: 'read', security, responses: { 200: { description: 'ok' } } } };
  const document = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    paths: { '/a': operations },
    components: { securitySchemes: schemes },
  };
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
  const profile = {
    ...{ id: 'shop', title: 'Shop', baseUrl: 'https://shop.example', openapi: 'openapi.json', sources: {} },
    callers: { credentials },
    accounts: { fact: 'account', plan: 'free', evidence },
    plans: { free: { evidence } },
    fixtures,
    policies: {
      minute: {
        ...{ algorithm: 'fixed-window', quota: 5, window: { length: '60s', start: 'first-request' } },
        ...{ partitionBy: ['key'], refusal: { error: 'limited' }, evidence },
      },
    },
    headers: { 'X-Left': { policy: 'minute', value: 'remaining', evidence } },
    errors: {
      unauthorized: error(401),
      forbidden: error(403),
      'not-found': error(404),
      limited: error(429),
      failure: error(500),
    },
    answers: {
      ...{ notFound: 'not-found', methodNotAllowed: 'not-found', tooLarge: 'not-found' },
      ...{ clientError: 'not-found', serverError: 'failure' },
    },
    validation: [{ error: 'not-found' }],
  };
  const file = join(folder, 'shop.profile.yaml');
  writeFileSync(file, stringify(profile));
  return file;
}

const ask = async (profile: string, ...requests: Record<string, string>[]) => {
  await using mock = await createMock({ profile, clock: 'frozen' });
  const answers: string[] = [];
  for (const headers of requests) {
    const response = await mock.fetch('/a', { headers });
    answers.push(`${response.status} ${response.headers.get('x-left')}`);
  }
  return answers;
};

test('an optional credential is counted if it was sent, refused if it is bad, and not missed', async () => {
  const file = profileWith([{ key: [] }, {}], { key: credential({ header: 'X-Key' }, 'key') });
  expect(await ask(file, { 'x-key': 'k1' }, { 'x-key': 'k1' }, {}, { 'x-key': 'bad' })).toEqual([
    '200 4',
    '200 3',
    '200 null',
    '401 null',
  ]);
});

test('a cookie is one credential, whatever stands beside it', async () => {
  const file = profileWith([{ key: [] }], { key: credential({ cookie: 'sid' }, 'key') });
  expect(
    await ask(file, { cookie: 'sid=k1' }, { cookie: 'a=b; sid="k1"' }, { cookie: 'sid=k2' }, { cookie: 'k=1' }),
  ).toEqual(['200 4', '200 3', '200 4', '401 null']);
});

test('the credential of Basic is the user, whatever the password', async () => {
  const file = profileWith([{ key: [] }], { key: credential({ header: 'Authorization', scheme: 'Basic' }, 'key') });
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
  expect(await ask(file, basic('k1:a'), basic('k1:b'), basic('x:k'), basic('k1'))).toEqual([
    '200 4',
    '200 3',
    '401 null',
    '401 null',
  ]);
});

test('a fixture may lack a scope; every other token has all', async () => {
  const token = credential({ header: 'Authorization', scheme: 'Bearer' }, 'oauth');
  const fixtures = [{ key: 'k_reader', credential: 'oauth', scopes: ['read'], says: 'may only read' }];
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const asked = [bearer('k_reader'), bearer('k_other')];
  const statuses = async (...scopes: string[][]) =>
    (
      await ask(
        profileWith(
          scopes.map((oauth) => ({ oauth })),
          { oauth: token },
          fixtures,
        ),
        ...asked,
      )
    ).map((one) => one.slice(0, 3));
  expect(await statuses(['read'])).toEqual(['200', '200']);
  expect(await statuses(['read', 'write'])).toEqual(['403', '200']);
  expect(await statuses(['write'], ['read'])).toEqual(['200', '200']);
});
