/**
 * No credential leaks: made-up ones are sent in every place where one may stand, to providers and to the control API, and nothing that the mock says of it has five
 * characters of their secret part in a row.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/index.js';
import { runs } from './agree.js';

/** Letters that no text of ours has five of in a row. */
const RARE = [...'QZXJVKqzxjvk79'];

interface Kind {
  readonly profile: string;
  /** Documented. */
  readonly prefix: string;
  readonly header: (key: string) => Record<string, string>;
  readonly path: string;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const KINDS: readonly Kind[] = [
  {
    profile: 'klinky',
    prefix: 'klinky_live_',
    header: (key) => ({ 'x-api-key': key }),
    path: '/api/v1/public/links',
  },
  { profile: 'klinky', prefix: '', header: bearer, path: '/api/v1/public/links' },
  { profile: 'aiclicks', prefix: 'ak_live_', header: bearer, path: '/api/v1/domains' },
  { profile: 'full-domination', prefix: 'ad_live_', header: bearer, path: '/v1/audits' },
  { profile: 'prediction', prefix: 'sk_live_', header: bearer, path: '/v1/predictions' },
  {
    profile: 'acrely',
    prefix: 'sk_test_',
    header: (key) => ({ 'x-api-key': key }),
    path: '/api/v1/campaigns',
  },
];

const secretPart = fc
  .array(fc.constantFrom(...RARE), { minLength: 10, maxLength: 40 })
  .map((letters) => letters.join(''));
/** A session's token, as a JWT looks: three parts, mixed. */
const session = fc
  .tuple(fc.constantFrom('eyJ', 'Q7'), secretPart, secretPart, secretPart)
  .map(([start, a, b, c]) => `${start}${a}.${b}.${c}7Q`);

const sample = fc
  .constantFrom(...KINDS)
  .chain((kind) =>
    (kind.prefix === '' ? session : secretPart).map((secret) => ({ kind, secret, key: kind.prefix + secret })),
  );

let mock: Mock;
let url: string;
let hook: string;
let closeHook: () => void;
const said: string[] = [];
const heard: unknown[] = [];

beforeAll(async () => {
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closeHook = () => server.close();
  mock = await createMock({
    clock: 'frozen',
    judge: true,
    set: KINDS.flatMap(({ profile }) => (profile === 'klinky' ? [`${profile}:policies.account-hour.quota=3`] : [])),
    log: (level, line) => said.push(`${level} ${line}`),
  });
  mock.on('*', (event) => heard.push(structuredClone(event)));
  ({ url } = await mock.listen());
});
afterAll(async () => {
  await mock.close();
  closeHook();
});

/** All that the mock answers to a call, its headers included; of what a provider answers only errors. */
async function ask(path: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const isOwn = path.includes('/__mock429') || response.status >= 400;
  return isOwn ? `${JSON.stringify([...response.headers])}\n${text}` : '';
}

/** All that comes back for a head that no client library would send. */
async function raw(...lines: string[]): Promise<string> {
  const client = connect(Number(new URL(url).port), '127.0.0.1');
  const pieces: Buffer[] = [];
  client.on('data', (piece) => pieces.push(piece));
  client.on('error', () => {});
  const closed = once(client, 'close');
  client.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  await closed;
  return Buffer.concat(pieces).toString();
}

const control = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(`/__mock429${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

/** Every way to send the key to a provider, rightly or not. */
function requests({ profile, path, header }: Kind, key: string): Promise<string>[] {
  const base = `/${profile}${path}`;
  const encoded = encodeURIComponent(key);
  const hex = [...key].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');
  const own = { headers: header(key) };
  return [
    ask(base, own),
    ask(base, {
      headers: { ...header(key), 'user-agent': `tool/1 (${key})`, 'x-mock429-client': key, 'if-none-match': key },
    }),
    ask(base, { headers: { 'user-agent': key, 'x-mock429-client': `one of ${key}`, 'if-none-match': `"${key}"` } }),
    raw(`GET ${base} HTTP/1.1`, `Host: user:${key}@localhost`),
    raw(`GET http://user:${key}@localhost${base} HTTP/1.1`, 'Host: localhost'),
    raw(`GET ${base} HTTP/1.1`, `Host: ${key}/${key}`),
    raw(`POST ${base} HTTP/1.1`, 'Host: localhost', `Transfer-Encoding: ${key}`),
    raw(`POST ${base} HTTP/1.1`, 'Host: localhost', `Expect: ${key}`, 'Content-Length: 0'),
    ask(`${base}?limit=1&x=${key}&${key}&${key}=1`, own),
    ask(`${base}/${key}`, own),
    ask(`${base}/${key}?api_key=${encoded}`),
    ask(`${base}/${hex}?token=${hex}&h=Bearer%20${hex}`, own),
    ask(`${base}/${encodeURIComponent(hex)}`),
    ask(`/${profile}/nowhere/${key}/x.${key}`, own),
    ask(`/${profile}/nowhere?${key}`),
    ask(base, { method: 'PATCH', headers: header(key) }),
    ask(base, { headers: { authorization: key, 'x-api-key': `Bearer ${key}`, cookie: `session=${key}` } }),
    ask(base, { headers: { authorization: `Basic ${btoa(`user:${key}`)}`, 'idempotency-key': key } }),
    ask(base, {
      method: 'POST',
      headers: { ...header(key), 'content-type': 'application/json' },
      body: `{"name": ${key}`,
    }),
    ask(base, {
      method: 'POST',
      headers: { ...header(key), 'content-type': 'application/json' },
      body: JSON.stringify({ [key]: key }),
    }),
    ask(`/${key}${path}`, own),
    ask(`/elsewhere/${key}?key=${key}`),
    ask(`/~${key}/${profile}${path}`, own),
    ask(`/~t-${key}/${profile}${path}`, own),
    ask(`/~${key}%20/${profile}${path}`, own),
    ask(`/~${key}/__mock429/clock`),
    ask('/prediction/v1/google/nano-banana/predictions', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_live_hooked', 'content-type': 'application/json' },
      body: JSON.stringify({ input: { prompt: 'a lake' }, webhook: `${hook}/${key}?token=${key}` }),
    }),
    ask('/prediction/v1/google/nano-banana/predictions', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_live_hooked', 'content-type': 'application/json' },
      body: JSON.stringify({ input: { prompt: 'a lake' }, webhook: `http://${key}:${key}@127.0.0.1/${key}` }),
    }),
  ];
}

/** Every call that takes a credential, or may be given one by mistake. */
function calls({ profile }: Kind, key: string): Promise<string>[] {
  const policy =
    { klinky: 'account-hour', aiclicks: 'key-minute', 'full-domination': 'token-minute', acrely: 'key-hour' }[
      profile
    ] ?? 'key-minute';
  const fact = { klinky: 'account', 'full-domination': 'token' }[profile] ?? 'key';
  const encoded = encodeURIComponent(key);
  return [
    control('PUT', '/quotas', { profile, policy, partition: { [fact]: key }, remaining: 1 }),
    control('PUT', '/quotas', { profile, policy, partition: { [key]: key }, remaining: 1 }),
    control('PUT', '/quotas', { profile, policy, partition: key, remaining: 1 }),
    control('PUT', '/quotas', { profile, policy, partition: { [fact]: [key] }, remaining: 1 }),
    control('PUT', '/quotas', { profile: key, policy: key, remaining: key }),
    control('PUT', '/quotas', { id: key, used: 1 }),
    control('PUT', '/quotas', { [key]: 1 }),
    control('PUT', `/accounts/${profile}/acme`, { keys: [key] }),
    control('PUT', `/accounts/${profile}/acme`, { keys: key }),
    control('PUT', `/accounts/${profile}/acme`, { keys: [{ key }] }),
    control('PUT', `/accounts/${profile}/acme`, { plan: key, quotas: { [key]: 1 } }),
    control('PUT', `/accounts/${profile}/${encoded}`, {}),
    control('PUT', `/accounts/${encoded}/acme`, {}),
    control('POST', '/faults', {
      match: { key, path: `/${key}`, profile },
      times: 1,
      status: 503,
      headers: { 'X-Key': key },
      body: { [key]: [key] },
    }),
    control('POST', '/faults', { match: { key: [key] }, status: 503 }),
    control('POST', '/faults', { match: { profile: key, operationId: key, method: key }, status: 503 }),
    control('POST', '/faults', { match: key, delayMs: key }),
    control('GET', `/requests?key=${encoded}&limit=1`),
    control('GET', `/requests?profile=${encoded}`),
    control('GET', `/requests?operation=${encoded}`),
    control('GET', `/requests?status=${encoded}`),
    control('GET', `/requests?since=${encoded}&wait=${encoded}`),
    control('GET', `/requests?${encoded}=1`),
    control('GET', `/explain?request=${encoded}`),
    control('GET', `/report?format=${encoded}`),
    control('GET', `/profiles/${encoded}`),
    control('PUT', `/profiles/${profile}/jobs`, { outcome: key }),
    control('PUT', `/jobs/${encoded}`, { state: key, profile: key }),
    control('DELETE', `/faults/${encoded}`),
    control('DELETE', `/sandboxes/${encoded}`),
    control('GET', `/${encoded}/${key}`),
    control('PUT', '/clock', { now: key }),
    control('POST', '/clock/advance', { duration: key }),
    control('POST', '/reset', { [key]: key }),
    control('GET', '/events', undefined, { 'Last-Event-ID': key }),
    control('GET', '/clock', undefined, { Origin: `http://${key}` }),
    control('GET', '/clock', undefined, { Origin: key, authorization: `Bearer ${key}` }),
    control('PUT', '/clock', `{"now": ${key}`),
    control('PUT', '/snapshot', { format: key, version: key }),
    control('PUT', '/snapshot', {
      format: 'mock429-snapshot',
      version: 1,
      clock: key,
      requests: key,
      faults: [key],
      profiles: { [key]: key },
    }),
  ];
}

/** What the mock shows when it is asked. */
async function shown(kind: Kind): Promise<string[]> {
  const ids = mock.requests({ limit: 60 }).map(({ id }) => id);
  return [
    JSON.stringify([
      mock.requests(),
      mock.quotas(),
      mock.inFlight(),
      mock.faults.list(),
      mock.jobs.list(),
      mock.report(),
    ]),
    ...(await Promise.all(
      [
        '/requests',
        '/quotas',
        '/in-flight',
        '/faults',
        '/jobs',
        '/sandboxes',
        `/accounts/${kind.profile}`,
        '/profiles',
      ].map((path) => control('GET', path)),
    )),
    ...(await Promise.all(
      ['text', 'markdown', 'html', 'junit', 'sarif', 'json'].map((format) =>
        control('GET', `/report?ended=true&format=${format}`),
      ),
    )),
    ...(await Promise.all(
      ids.flatMap((id) => [
        control('GET', `/explain?request=${id}`),
        control('GET', `/explain?request=${id}`, undefined, { Accept: 'text/plain' }),
      ]),
    )),
  ];
}

/** What stands five characters in a row in the text of what the secret has. */
function leaked(secret: string, text: string): string[] {
  const found: string[] = [];
  for (let i = 0; i + 5 <= secret.length; i++) {
    const run = secret.slice(i, i + 5);
    if (text.includes(run)) found.push(text.slice(Math.max(0, text.indexOf(run) - 80), text.indexOf(run) + 20));
  }
  return found;
}

test('nothing that is shown or said has more of a credential than may be shown', async () => {
  await fc.assert(
    fc.asyncProperty(sample, async ({ kind, secret, key }) => {
      mock.reset({ accounts: true });
      said.length = heard.length = 0;
      const answered = await Promise.all(requests(kind, key));
      const held = mock.faults.add({ match: { profile: kind.profile }, delayMs: 1_000, onRefusals: true });
      // Who is not let in meets no fault.
      const headers = kind.prefix === '' ? { 'x-api-key': 'klinky_live_held' } : kind.header(key);
      const late = ask(`/${kind.profile}${kind.path}/${key}`, { headers });
      await expect.poll(() => mock.inFlight().length, { timeout: 300_000, interval: 5 }).toBe(1);
      const before = await shown(kind);
      mock.faults.remove(held.id);
      await mock.clock.advance('1m');
      answered.push(await late, ...(await Promise.all(calls(kind, key))));
      const texts = [...answered, ...before, ...(await shown(kind)), ...said, JSON.stringify(heard)];
      expect(texts.flatMap((text) => leaked(secret, text))).toEqual([]);
      // They were there to be seen.
      expect(mock.requests().length).toBeGreaterThan(15);
      expect(said.filter((line) => /^\w+ webhook /.test(line))).toHaveLength(2);
      expect(mock.sandboxes()).toEqual([]);
    }),
    { ...runs(5), endOnFailure: true },
  );
});

test('a snapshot has credentials in full, for it is to be restored, and says so', async () => {
  mock.reset();
  await ask('/aiclicks/api/v1/domains', { headers: bearer('ak_live_QZXJVKqzxjvk79') });
  expect(await control('GET', '/snapshot')).toContain('ak_live_QZXJVKqzxjvk79');
  const document = (await (await fetch(`${url}/__mock429/openapi.json`)).json()) as {
    paths: Record<string, { get: { description: string } }>;
  };
  expect(document.paths['/snapshot']!.get.description).toMatch(/credentials in full/i);
});
