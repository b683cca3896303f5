/**
 * What is measured of mock429 by HTTP: paths of the five profiles, each as the built program serves it.
 * @module
 */
import type { ServerSpec } from '../processes.js';
import type { Traffic } from '../traffic.js';

/** A row to measure: a server, the request that is sent to it, and what the row is to reach. */
export interface Target {
  /** Name of the row. */
  readonly name: string;
  readonly server: ServerSpec;
  readonly traffic: Traffic;
  /** What the row is to reach, as a share of the floor. */
  readonly goal?: number;
  /** The mock is reset before each window, so that what a POST creates does not pile up. */
  readonly reset?: boolean;
  /** Asked once beforehand; its ETag goes with each request. */
  readonly revalidates?: boolean;
  /** Part of the quick run. */
  readonly quick?: boolean;
}

/** Header of a request with a JSON body. */
export const JSON_TYPE = { 'Content-Type': 'application/json' };
/** So many that no window of the suite uses them up. */
// As much as every algorithm can count.
const PLENTY = 1_000_000;

interface Provider {
  readonly id: string;
  readonly policies: readonly string[];
  /** Policies that would refuse 64 connections before the one that the 429 path is about. */
  readonly inFlight?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly get: string;
  readonly post?: { readonly path: string; readonly body: unknown; readonly status: number };
}

const PROVIDERS: readonly Provider[] = [
  {
    id: 'klinky',
    policies: ['account-hour'],
    headers: { 'X-API-Key': 'klinky_live_bench' },
    get: '/api/v1/public/links/550e8400-e29b-41d4-a716-446655440000',
    post: {
      path: '/api/v1/public/links',
      status: 201,
      body: {
        name: 'Headline test',
        variants: [
          { label: 'control', destination_url: 'https://example.com/home', weight: 50 },
          { label: 'new', destination_url: 'https://example.com/home-v2', weight: 50 },
        ],
      },
    },
  },
  {
    // It has no path with an id but in the query, and takes no POST.
    id: 'aiclicks',
    policies: ['key-minute'],
    headers: { Authorization: 'Bearer ak_live_bench' },
    get: '/api/v1/domains',
  },
  {
    id: 'acrely',
    policies: ['key-hour'],
    headers: { 'x-api-key': 'sk_test_bench' },
    get: '/api/v1/leads?campaignId=bench',
    post: {
      path: '/api/v1/leads',
      status: 201,
      body: { campaignId: 'bench', phoneNumber: '+1555{n}', metadata: { source: 'bench' }, priority: 1 },
    },
  },
  {
    id: 'full-domination',
    policies: ['token-minute', 'workspace-minute', 'token-day', 'workspace-day'],
    inFlight: ['token-in-flight'],
    headers: { Authorization: 'Bearer ad_live_bench' },
    get: '/v1/audits/aud_01HSXX',
    post: {
      path: '/v1/content/draft',
      status: 202,
      body: { briefs: [{ title: 'A brief', targetPrompt: 'best CRM', outlineAngle: 'prices' }] },
    },
  },
  {
    id: 'prediction',
    policies: ['key-minute'],
    headers: { Authorization: 'Bearer sk_live_bench' },
    get: '/v1/models/flux-kontext-max',
    post: {
      path: '/v1/estimate',
      status: 200,
      body: { owner: 'black-forest-labs', model: 'flux-kontext-max', input: { prompt: 'a cat' } },
    },
  },
];

/** One policy, and five. */
const QUICK = ['klinky', 'full-domination'];

/** A GET with one policy, answered 200. It is the base case of other sections too. */
export const FIRST: Target = read(PROVIDERS[0]!);

/** All targets: per provider a 200, a 429 (with and without the log) and, where it takes a POST, a creation; and one 304. */
export const targets: readonly Target[] = [
  ...PROVIDERS.map(read),
  ...PROVIDERS.map((provider) => refused(provider, [])),
  ...PROVIDERS.map((provider) => refused(provider, ['--quiet'])),
  ...PROVIDERS.filter(({ post }) => post).map(created),
  notModified(PROVIDERS.find(({ id }) => id === 'full-domination')!),
];

/** The built program with these policies out of the way; it keeps its journal and its log. */
export function mock429(profile: string, raised: readonly string[], flags: readonly string[] = []): ServerSpec {
  const settings = raised.flatMap((policy) => ['--set', `policies.${policy}.quota=${PLENTY}`]);
  return { args: (port) => ['dist/cli.js', '--profile', profile, '--port', `${port}`, ...settings, ...flags] };
}

function read(provider: Provider): Target {
  const { id, policies, inFlight = [], headers, get } = provider;
  const traffic: Traffic = { method: 'GET', path: get, headers, status: 200 };
  return {
    name: `${id} 200`,
    server: mock429(id, [...policies, ...inFlight]),
    traffic,
    goal: 0.9,
    quick: QUICK.includes(id),
  };
}

function refused(provider: Provider, flags: readonly string[]): Target {
  const { id, inFlight = [] } = provider;
  const traffic: Traffic = { ...read(provider).traffic, status: 429 };
  const name = [id, '429', ...flags].join(' ');
  const quick = id === 'klinky' && flags.length === 0;
  return { name, server: mock429(id, inFlight, flags), traffic, goal: 0.9, quick };
}

function created({ id, policies, inFlight = [], headers, post }: Provider): Target {
  const { path, body, status } = post!;
  return {
    name: `${id} POST ${status}`,
    server: mock429(id, [...policies, ...inFlight]),
    traffic: { method: 'POST', path, headers: { ...headers, ...JSON_TYPE }, body: JSON.stringify(body), status },
    goal: 0.85,
    reset: true,
    quick: id === 'klinky',
  };
}

function notModified(provider: Provider): Target {
  const target = read(provider);
  const traffic = { ...target.traffic, status: 304 };
  return { ...target, name: `${provider.id} 304`, traffic, revalidates: true };
}
