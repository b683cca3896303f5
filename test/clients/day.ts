/**
 * A day in a client's life, for each provider: reads that the server fails, something to make that it fails, and a read that is refused, because somebody else
 * has used up the quota meanwhile (so that no header has told the client). What it does then is its own.
 *
 * The clock of the sandbox runs while the server fails. It stands still from the moment at which the quota is gone until the client has been refused, so that it
 * is refused, and told the same, on the slowest machine.
 * @module
 */
import type { Mock } from '../../src/mock.js';
import type { MockSandbox } from '../../src/mock-sandbox.js';

/** What a program is to send, in the order of the list; it goes on to the next whatever becomes of one. */
export interface Step {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

/** How the day goes: so many reads and creations fail, each so many times. */
export interface Day {
  readonly reads: number;
  readonly creations: number;
  readonly times: number;
  /** Nobody else uses the quota: what is left is used up by the client itself, and it is told so. */
  readonly alone?: boolean;
  /** Seconds that it is told to wait in the end: 3 as a rule, more for who does not wait, so that nobody is in time by chance. */
  readonly told?: number;
}

/** The usual day: one read and one creation, each of which fails twice. */
export const FEW: Day = { reads: 1, creations: 1, times: 2 };

interface Plan {
  readonly credential: readonly [header: string, value: string];
  /** The policy that is used up, and what it counts apart. */
  readonly policy: string;
  readonly partition: Readonly<Record<string, string>>;
  /** Whether its window opens with the first request, and not by the clock. */
  readonly opens?: true;
  readonly read: (n: number) => string;
  readonly create?: readonly [path: string, body: (n: number) => unknown];
  /** After it has been answered the quota is gone. */
  readonly last: string;
  readonly refused: string;
}

const START = '2026-05-12T08:10:00.000Z';
const FULL_HOUR = Date.parse('2026-05-12T09:00:00.000Z');
/** Who waits as told has room by then. */
const SLACK_MS = 500;
const CAMPAIGN = 'k978z8ndfnqjnbxmphvf0wd59h6yrd0a';
const LINK = '550e8400-e29b-41d4-a716-446655440000';

/** The day by provider: its requests, and the policy that refuses the last of them. */
export const PLANS: Readonly<Record<string, Plan>> = {
  aiclicks: {
    credential: ['Authorization', 'Bearer ak_live_day'],
    policy: 'key-minute',
    partition: { key: 'ak_live_day' },
    opens: true,
    read: (n) => `/api/v1/prompts?domain_id=8f1d3c0a-2f9b-4c11-9b80-7a82e1f0c3f3&size=500&page=${n}`,
    last: '/api/v1/validate',
    refused: '/api/v1/domains',
  },
  klinky: {
    credential: ['X-API-Key', 'klinky_live_day'],
    policy: 'account-hour',
    partition: { account: 'default' },
    read: (n) => `/api/v1/public/links?per_page=100&page=${n}`,
    create: [
      '/api/v1/public/links',
      (n) => ({
        name: `Day ${n}`,
        variants: ['a', 'b'].map((label) => ({
          label,
          destination_url: `https://example.com/${n}/${label}`,
          weight: 50,
        })),
      }),
    ],
    last: `/api/v1/public/links/${LINK}`,
    refused: `/api/v1/public/links/${LINK}/clicks?per_page=100`,
  },
  'full-domination': {
    credential: ['Authorization', 'Bearer ad_live_day'],
    policy: 'token-minute',
    partition: { token: 'ad_live_day' },
    opens: true,
    read: (n) => `/v1/audit-log?limit=100&action=action-${n}`,
    create: [
      '/v1/content/draft',
      (n) => ({
        briefs: ['one', 'two'].map((part) => ({
          title: `Day ${n}, ${part}`,
          targetPrompt: 'best dentist nearby',
          outlineAngle: 'Compare.',
        })),
      }),
    ],
    last: '/v1/companies?limit=100',
    refused: '/v1/mentions?limit=100',
  },
  prediction: {
    credential: ['Authorization', 'Bearer sk_live_day'],
    policy: 'key-minute',
    partition: { key: 'sk_live_day' },
    read: (n) => `/v1/search?limit=100&q=flux-${n}`,
    create: ['/v1/acme/painter/predictions', (n) => ({ input: { prompt: `day ${n}` } })],
    last: '/v1/account',
    refused: '/v1/account/usage',
  },
  acrely: {
    credential: ['x-api-key', 'sk_test_day'],
    policy: 'key-hour',
    partition: { key: 'sk_test_day' },
    // Another name of the leads, so that nothing else of the day fails with it.
    read: (n) => `/api/v1/records?campaignId=campaign-${n}&limit=8000`,
    create: ['/api/v1/leads', (n) => ({ campaignId: CAMPAIGN, phoneNumber: `+1555555${1000 + n}` })],
    last: `/api/v1/leads?campaignId=${CAMPAIGN}&status=concluded`,
    refused: `/api/v1/leads?campaignId=${CAMPAIGN}&status=exhausted`,
  },
};

/** Ids of the providers that have a plan. */
export const PROVIDERS = Object.keys(PLANS);

/** What a client of this provider does all day. @param origin the base URL */
export function stepsOf(
  profile: string,
  origin: string,
  { reads, creations }: Pick<Day, 'reads' | 'creations'>,
): Step[] {
  const { credential, read, create, last, refused } = PLANS[profile]!;
  const headers = Object.fromEntries([credential]);
  const get = (path: string): Step => ({ method: 'GET', url: origin + path, headers });
  const post = ([path, body]: NonNullable<Plan['create']>, n: number): Step => ({
    method: 'POST',
    url: origin + path,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body(n)),
  });
  const numbers = (length: number) => Array.from({ length }, (_, i) => i + 1);
  return [
    ...numbers(reads).map((n) => get(read(n))),
    ...numbers(create ? creations : 0).map((n) => post(create!, n)),
    get(last),
    get(refused),
  ];
}

/** A sandbox in which that day happens. */
export function dayOf(
  mock: Mock,
  name: string,
  profile: string,
  { reads, creations, times, alone, told = 3 }: Day,
): MockSandbox {
  const plan = PLANS[profile]!;
  const beforeResetMs = told * 1_000 - SLACK_MS;
  const sandbox = mock.sandbox(name);
  void sandbox.clock.set({ now: START, frozen: false });
  const fail = (method: string, path: string, many: number) => {
    const match = { profile, method, path: path.split('?')[0]! };
    // Of the requests that come for one thing, those before the last.
    for (let n = 1; n <= many * (times + 1); n++)
      if (n % (times + 1) > 0) sandbox.faults.add({ match: { ...match, nth: n }, times: 1, status: 502 });
  };
  fail('GET', plan.read(1), reads);
  if (plan.create) fail('POST', plan.create[0], creations);
  // Listeners are called before the answer leaves: the client's next request comes later.
  if (alone) {
    leaveOne(sandbox, profile, plan, beforeResetMs);
  } else {
    const spent = sandbox.on('request', ({ data: { path, status } }) => {
      if (path !== plan.last || status !== 200) return;
      spent();
      spend(sandbox, plan.policy, beforeResetMs);
    });
  }
  const refused = sandbox.on('refusal', () => {
    refused();
    void sandbox.clock.resume();
  });
  return sandbox;
}

/** Somebody else takes all that is left. */
function spend(sandbox: MockSandbox, policy: string, beforeResetMs: number): void {
  const { id, resetAt } = sandbox.quotas().find((quota) => quota.policy === policy)!;
  void sandbox.clock.set({ now: Date.parse(resetAt!) - beforeResetMs, frozen: true });
  sandbox.setQuota({ id, remaining: 0 });
}

/** The client takes the last of it with its last answer before it is refused. */
function leaveOne(
  sandbox: MockSandbox,
  profile: string,
  { policy, partition, opens }: Plan,
  beforeResetMs: number,
): void {
  void sandbox.clock.set({ now: FULL_HOUR - beforeResetMs, frozen: true });
  const window = opens ? { resetsInMs: beforeResetMs } : {};
  sandbox.setQuota({ profile, policy, partition, remaining: 1, ...window });
}
