/**
 * `init` with limits: those of a file in each of the known formats, and those that a document itself states. What is carried refuses as it should; the rest is listed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { limitsFormats } from '../../src/commands/starter/limits/index.js';
import { rateIn, ratesIn, windowIn } from '../../src/commands/starter/limits/periods.js';
import { createMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';
import { finished } from './terminal.js';

const files = temporaryFolder('init-limits');
afterAll(files.remove);

const SHOP = 'test/cli/limits/shop.yaml';
let made = 0;

interface Written {
  readonly file: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a profile as it was written, looked at key by key
  readonly profile: any;
  readonly leftOut: readonly string[];
  readonly summary: string;
}

async function init(document: string, ...more: string[]): Promise<Written> {
  made += 1;
  const args = ['init', document, '--id', `made-${made}`, '--out', files.path, ...more];
  const { code, out, err } = await finished(args);
  expect({ code, err, out }).toEqual({ code: 0, err: '', out });
  const [, file, summary] = /^wrote (\S+) \((.*)\)$/m.exec(out)!;
  const text = readFileSync(file!, 'utf8');
  const leftOut = [...out.matchAll(/^not carried over: (.*)$/gm)].map(([, line]) => line!);
  // What is listed is in the file, too.
  for (const line of leftOut) expect(text).toContain(`\n#   ${line}\n`);
  return { file: file!, text, profile: parse(text), leftOut, summary: summary! };
}

const fromFile = (name: string) => init(SHOP, '--limits', `test/cli/limits/${name}`);

/** Sends requests until one is refused. @returns how many were admitted, and the refusal */
async function admitted(file: string, path: string, options: { plan?: string; method?: string } = {}) {
  const { plan, method = 'GET' } = options;
  await using mock = await createMock({ profile: file, clock: 'frozen', ...(plan && { plan }) });
  for (let count = 0; count < 200; count++) {
    const response = await mock.fetch(path, { method, headers: { 'x-key': 'mine', 'x-partner': 'p' } });
    if (response.status === 429)
      return { count, body: await response.json(), headers: Object.fromEntries(response.headers) };
    expect(response.status).toBe(200);
  }
  return { count: 200, body: undefined, headers: {} };
}

test('each format has a sample, which no other format takes for its own', () => {
  const samples = readdirSync('test/cli/limits').filter((name) => name !== 'shop.yaml');
  const matched = samples.map((name) => {
    const value: unknown = parse(readFileSync(`test/cli/limits/${name}`, 'utf8'));
    return Object.entries(limitsFormats).flatMap(([id, format]) => (format.matches(value) ? [id] : []));
  });
  expect(matched.every(({ length }) => length === 1)).toBe(true);
  expect(new Set(matched.flat())).toEqual(new Set(Object.keys(limitsFormats)));
});

test('API Commons rate limits: scopes, tiers, concurrency', async () => {
  const { file, profile, leftOut, summary } = await fromFile('api-commons.yaml');
  expect(summary).toMatch(/, 3 limits from API Commons rate limits$/);
  expect(profile.policies).toMatchObject({
    'free-requests-day': { quota: 100, window: { length: '1d' }, partitionBy: ['key'] },
    'platform-burst-minute': { quota: 3, partitionBy: ['account'] },
    'parallel-requests-concurrency': { algorithm: 'concurrency', quota: 25 },
  });
  expect(profile.plans).toEqual({ free: {}, pro: { quotas: { 'free-requests-day': 50_000 } } });
  expect(leftOut).toEqual([
    '4 (Upload): it counts byte; add a policy with a cost that says how many a request takes',
    '5 (Search): it is for one endpoint, which the file does not identify; add a policy with applies',
  ]);
  expect((await admitted(file, '/v1/pets')).count).toBe(3);
});

test('SLA4OAI: plans, paths and methods, what all plans have', async () => {
  const { file, profile, leftOut } = await fromFile('sla4oai.yaml');
  expect(profile.plans).toEqual({
    free: {},
    pro: { quotas: { 'list-pets-key-minute': 20, 'list-pets-pro-account-hour': 100 } },
  });
  expect(leftOut).toEqual([
    'plans.free.quotas./pets.post.animalTypes: it counts animalTypes; add a policy with a cost',
    'plans.free.quotas./cats.get.requests: the document has no GET /cats',
    'plans.pro.pricing: it is no limit on requests',
  ]);
  expect((await admitted(file, '/v1/pets')).count).toBe(2);
  expect((await admitted(file, '/v1/pets', { plan: 'pro' })).count).toBe(20);
  expect((await admitted(file, '/v1/search')).count).toBe(1);
  expect((await admitted(file, '/v1/pets', { method: 'POST' })).count).toBe(200);
});

test('Kong: plugins of services and routes, headers for each window, its message', async () => {
  const { file, profile, leftOut } = await fromFile('kong.yaml');
  expect(profile.policies).toMatchObject({
    'key-minute': { quota: 3, window: { length: '60s', start: 'utc' } },
    'key-hour': { quota: 1000, window: { length: '1h', start: 'utc' } },
    'ip-10s': { algorithm: 'sliding-window', quota: 2, applies: { path: ['/v1/search*'], method: ['GET'] } },
  });
  expect(leftOut).toEqual([
    'plugins.1: the upstream says what a request costs; add a policy with a cost',
    'consumers.0.plugins.0: it is for the consumer acme; add a policy with applies, or a plan with its quota',
  ]);
  const { count, body, headers } = await admitted(file, '/v1/pets');
  expect([count, body]).toEqual([3, { message: 'slow down' }]);
  expect(headers).toMatchObject({
    'x-ratelimit-limit-minute': '3',
    'x-ratelimit-remaining-hour': '997',
    'ratelimit-limit': '3',
    'ratelimit-remaining': '0',
  });
  expect((await admitted(file, '/v1/search')).count).toBe(2);
});

test('an AWS usage plan: throttle, throttle of a method, quota', async () => {
  const { file, profile, leftOut } = await fromFile('aws-usage-plan.json');
  expect(profile.policies).toMatchObject({
    'key-second': { algorithm: 'token-bucket', quota: 4, refill: 10, window: { length: '1s' } },
    'search-key-2s': { algorithm: 'token-bucket', quota: 2, refill: 1, window: { length: '2s' } },
    'key-month': { quota: 5_000, window: { length: 'month', start: 'utc' } },
  });
  expect(leftOut).toEqual([]);
  expect(profile.headers).toEqual({});
  expect(await admitted(file, '/v1/pets')).toMatchObject({ count: 4, body: { message: 'Too Many Requests' } });
  expect((await admitted(file, '/v1/search')).count).toBe(2);
});

test('usage plans of a CloudFormation template are plans', async () => {
  const { file, profile, leftOut } = await fromFile('aws-cloudformation.yaml');
  expect(profile.plans).toEqual({
    free: { quotas: { 'free-key-second': 2 } },
    pro: { quotas: { 'key-day': 10_000, 'pro-key-second': 20 } },
  });
  expect(leftOut).toHaveLength(1);
  expect((await admitted(file, '/v1/pets')).count).toBe(2);
  expect((await admitted(file, '/v1/pets', { plan: 'pro' })).count).toBe(20);
});

test('Envoy: nested descriptors, headers by the key, what a route decides', async () => {
  const { file, profile, leftOut } = await fromFile('envoy.yaml');
  expect(profile.policies).toMatchObject({
    'remote-address-second': { quota: 3, partitionBy: ['ip'], asked: 'arrival' },
    'tenant-id-v1-search-minute': { partitionBy: ['account'], applies: { path: ['/v1/search'] } },
    'x-partner-hour': { partitionBy: ['header.x-partner'] },
  });
  expect(leftOut).toEqual([
    "descriptors.3.rate_limit: Envoy's route decides which requests have generic_key slow; add a policy with applies",
    'descriptors.4.rate_limit: these requests are not limited; add a condition to the policies of the others',
  ]);
  expect((await admitted(file, '/v1/pets')).count).toBe(3);
});

test('Zuplo: the routes that name a policy', async () => {
  const { file, profile, leftOut } = await fromFile('zuplo.json');
  expect(profile.policies).toMatchObject({
    'key-minute': { quota: 3, applies: { operation: ['listPets', 'addPet'] } },
    'requests-hour': { quota: 20, partitionBy: ['ip'], applies: { operation: ['addPet'] } },
  });
  expect(leftOut).toEqual([
    'policies.2.handler.options.limits.compute: code says how many compute a request takes; add a policy with a cost',
    'policies.3: no route of the document names it in x-zuplo-route',
  ]);
  expect((await admitted(file, '/v1/pets')).count).toBe(3);
  expect((await admitted(file, '/v1/search')).count).toBe(200);
});

test('every guess is assumed, and says where it was found', async () => {
  const { profile } = await fromFile('kong.yaml');
  for (const { evidence } of Object.values<{ evidence: object }>(profile.policies))
    expect(evidence).toMatchObject({ level: 'assumed', source: 'limits', note: expect.stringContaining('config') });
  expect(profile.sources.limits).toEqual({ title: 'Kong declarative configuration test/cli/limits/kong.yaml' });
});

describe('says no', () => {
  const fails = async (content: object, says: string) => {
    const file = join(files.path, 'bad.json');
    writeFileSync(file, JSON.stringify(content));
    const { code, err } = await finished(['init', SHOP, '--limits', file, '--id', 'never', '--out', files.path]);
    expect(code).toBe(2);
    expect(err.replace(file, 'bad.json').replace(/:\d+:\d+ /, ':L:C ')).toBe(`mock429: bad.json:L:C ${says}\n`);
    expect(readdirSync(files.path)).not.toContain('never.profile.yaml');
  };

  test('to a file that is not there', async () => {
    expect(await finished(['init', SHOP, '--limits', 'none.yaml', '--out', files.path])).toMatchObject({
      code: 2,
      err: 'mock429: there is no file none.yaml; give the path of a file that states limits\n',
    });
  });

  test('to an unknown format', () =>
    fails(
      { limits: [] },
      ' no known format of rate limits; give one of these: API Commons rate limits (a list of limits with metric and timeframe), SLA4OAI (a map with context and metrics, and plans, quotas or rates), Kong declarative configuration (a map with _format_version), AWS API Gateway usage plan (a map with throttle or quota, or a CloudFormation template with an AWS::ApiGateway::UsagePlan), Envoy rate limit service configuration (a map with domain and descriptors), Zuplo policies (a map with policies that have a policyType)  [limits/not-readable]',
    ));

  test.each<[what: string, content: object, says: string]>([
    [
      'a quota that is no number',
      { _format_version: '3.0', plugins: [{ name: 'rate-limiting', config: { minute: 'many' } }] },
      ' plugins[0].config.minute: must be a whole number, not "many"; write a number such as 60  [limits/not-readable]',
    ],
    [
      'a plugin without a limit',
      { _format_version: '3.0', plugins: [{ name: 'rate-limiting', config: {} }] },
      ' plugins[0].config: limits nothing; give one of second, minute, hour, day, month, year  [limits/not-readable]',
    ],
    [
      'an unknown unit',
      {
        domain: 'a',
        descriptors: [{ key: 'remote_address', rate_limit: { unit: 'fortnight', requests_per_unit: 1 } }],
      },
      ' descriptors[0].rate_limit.unit: "fortnight" is not a unit; write second, minute, hour, day, week, month or year  [limits/not-readable]',
    ],
    [
      'an unknown period',
      { throttle: { rateLimit: 1 }, quota: { limit: 1, period: 'SOON' } },
      ' quota.period: "SOON" is not a period; write DAY, WEEK or MONTH  [limits/not-readable]',
    ],
    [
      'an unknown timeframe',
      [{ name: 'a', type: 'User', limit: 1, metric: 'request', timeframe: 'soon' }],
      ' [0].timeframe: "soon" is not a timeframe; write second, minute, hour, day, week, month or year  [limits/not-readable]',
    ],
  ])('to %s', (_what, content, says) => fails(content, says));
});

describe('the document itself', () => {
  const document = (root: object, operation: object = {}, response: object = {}) => {
    made += 1;
    const file = join(files.path, `document-${made}.json`);
    const responses = { 200: { description: 'ok' }, ...response };
    const paths = {
      '/a': { get: { operationId: 'a', responses, ...operation } },
      '/b': { get: { operationId: 'b', responses: { 200: { description: 'ok' } } } },
    };
    const security = [{ key: [] }];
    const components = { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } };
    const info = { title: 'Thing', version: '1' };
    writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info, security, paths, components, ...root }));
    return file;
  };

  test.each<[what: string, root: object, operation: object, policies: object]>([
    [
      'a rate as a text, on an operation',
      {},
      { 'x-rate-limit': '3/min' },
      { 'a-key-minute': { quota: 3, applies: { operation: ['a'] } } },
    ],
    [
      'a number and a window in seconds',
      {},
      { 'x-ratelimit': { max: 3, window: 90 } },
      { 'a-key-90s': { quota: 3, window: { length: '90s' } } },
    ],
    [
      'a number and a window as a text',
      { 'x-rate-limit': { enabled: true, events: 3, window: '1m', scope: 'per IP' } },
      {},
      { 'ip-minute': { quota: 3, partitionBy: ['ip'] } },
    ],
    [
      'limits by who is counted',
      {},
      {
        'x-shop-rate-limits': {
          perApiKey: { period: 'MINUTE', maxInPeriod: 3 },
          perTenant: { periodInSeconds: '3600', maxInPeriod: 30 },
        },
      },
      { 'a-key-minute': { quota: 3 }, 'a-account-hour': { quota: 30, partitionBy: ['account'] } },
    ],
    [
      'tiers',
      { 'x-rateLimit': { tiers: { free: { requests_per_minute: 3 }, pro: { requests_per_minute: 30 } } } },
      {},
      { 'key-minute': { quota: 3 } },
    ],
    [
      'Kong',
      { 'x-kong-plugin-rate-limiting': { config: { minute: 3 } } },
      {},
      { 'key-minute': { quota: 3, window: { start: 'utc' } } },
    ],
    [
      'Google',
      {
        'x-google-management': {
          metrics: [{ name: 'reads', valueType: 'INT64', metricKind: 'DELTA' }],
          quota: {
            limits: [{ name: 'read-limit', metric: 'reads', unit: '1/min/{project}', values: { STANDARD: 3 } }],
          },
        },
      },
      { 'x-google-quota': { metricCosts: { reads: 1 } } },
      { 'read-limit-minute': { quota: 3, partitionBy: ['account'], applies: { operation: ['a'] } } },
    ],
  ])('has extensions: %s', async (_what, root, operation, policies) => {
    const { file, profile } = await init(document(root, operation));
    expect(profile.policies).toMatchObject(policies);
    expect(Object.keys(profile.policies)).toEqual(Object.keys(policies));
    expect((await admitted(file, '/a')).count).toBe(3);
  });

  test('lists an extension that says no rate', async () => {
    const { leftOut, profile } = await init(
      document({ 'x-rate-limits': { standard: 1000 }, 'x-sla': { $ref: './sla.yml' } }),
    );
    expect(leftOut).toEqual(['x-rate-limits.standard: 1000 has no period', 'x-sla: give that file with --limits']);
    // The placeholder.
    expect(profile.policies['key-minute'].quota).toBe(60);
  });

  test('says in its 429 how many are admitted', async () => {
    const description =
      'Too many requests: at most 1,200 calls per 15 minutes for each IP address, and 5 requests/second.';
    const { profile } = await init(document({}, {}, { 429: { description } }));
    expect(profile.policies).toMatchObject({
      'ip-15m': { quota: 1_200, window: { length: '15m' }, partitionBy: ['ip'] },
      'ip-second': { quota: 5, window: { length: '1s' } },
    });
    expect(profile.policies['ip-15m'].evidence).toMatchObject({
      level: 'assumed',
      note: expect.stringContaining('a, response 429'),
    });
  });

  test('shows a limit as the example of a header', async () => {
    const header = { description: 'Requests allowed per hour', schema: { type: 'integer', example: 3 } };
    const { file, profile } = await init(
      document({}, {}, { 200: { description: 'ok', headers: { 'X-RateLimit-Limit': header } } }),
    );
    expect(profile.policies).toMatchObject({ 'key-hour': { quota: 3, window: { length: '1h' } } });
    expect((await admitted(file, '/b')).count).toBe(3);
  });

  test('may speak of numbers per day that are no limits', async () => {
    const { profile } = await init(
      document({ info: { title: 'T', version: '1', description: 'We ship 500 parcels a day.' } }),
    );
    expect(Object.keys(profile.policies)).toEqual(['key-minute']);
    expect(profile.sources).not.toHaveProperty('limits');
  });
});

describe('periods and rates', () => {
  test.each<[text: string, length: string | undefined]>([
    ['minute', '60s'],
    ['MINUTE', '60s'],
    ['minutely', '60s'],
    ['1m', '60s'],
    ['15 minutes', '15m'],
    ['PT1H', '1h'],
    ['P1D', '1d'],
    ['month', 'month'],
    ['year', '365d'],
    ['soon', undefined],
    ['0 minutes', undefined],
    ['constructor', undefined],
  ])('%s', (text, length) => {
    expect(windowIn(text)?.length).toBe(length);
  });

  test.each<[text: string, rates: [number, string][]]>([
    ['120/min', [[120, '60s']]],
    ['10 per second', [[10, '1s']]],
    ['1,000 requests every 24 hours', [[1000, '24h']]],
    [
      '100 requests a minute and 50000 a day',
      [
        [100, '60s'],
        [50_000, '1d'],
      ],
    ],
    ['no limits', []],
    ['version 2.1 per hour', []],
    ['3 apples a tree', []],
  ])('%s', (text, rates) => {
    expect(ratesIn(text).map(({ quota, window }) => [quota, window.length])).toEqual(rates);
    expect(rateIn(text)?.quota).toBe(rates[0]?.[0]);
  });
});
