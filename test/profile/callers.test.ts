/**
 * Credentials of a profile: optional ones, in cookies, Basic, and fixtures with some of the scopes.
 */
import { afterAll, expect, test } from 'vitest';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';
import { credential, writeShop } from './shop.js';

const files = temporaryFolder('callers');
afterAll(files.remove);

const profileWith = (security: object[], credentials: object, fixtures: object[] = []): string =>
  writeShop(files.path, { security, credentials, fixtures });

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
