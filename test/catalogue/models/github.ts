/**
 * GitHub: the primary limits by resource, the secondary ones by user, and the points of GraphQL.
 * @module
 */
import fc from 'fast-check';
import {
  type Admitted,
  type Expected,
  type Model,
  type ModelSpec,
  retryAfter,
  seconds,
} from '../../properties/model.js';
import { concurrency, fixedFirstRequest } from '../../properties/references.js';
import { Buckets, type Counted, type Limit } from '../buckets.js';

/** Who calls, as whom it counts, and the requests and points an hour. */
const CALLERS = {
  nobody: { header: undefined, who: 'anonymous', core: 60, points: 0 },
  'nobody elsewhere': { header: undefined, who: 'anonymous elsewhere', core: 60, points: 0 },
  octocat: { header: 'token ghp_1', who: 'octocat', core: 5_000, points: 5_000 },
  'octocat too': { header: 'Bearer github_pat_2', who: 'octocat', core: 5_000, points: 5_000 },
  hubot: { header: 'Bearer ghp_hubot', who: 'hubot', core: 5_000, points: 5_000 },
  enterprise: { header: 'Bearer gho_enterprise', who: 'enterprise', core: 15_000, points: 10_000 },
  small: { header: 'Bearer ghs_small', who: 'small', core: 5_000, points: 5_000 },
  // 50 repositories and 40 members: 30 and 20 of them count.
  large: { header: 'Bearer ghs_large', who: 'large', core: 7_500, points: 7_500 },
  actions: { header: 'Bearer ghs_actions', who: 'actions', core: 1_000, points: 1_000 },
  bad: { header: 'Bearer secret', who: 'bad', core: 0, points: 0 },
} as const;
const label = '{ viewer { login } }';
/** Queries, and the calls that they make, counted by hand. */
const QUERIES = {
  plain: [label, 1],
  wide: [
    '{ viewer { repositories(first: 100) { nodes { issues(first: 50) { nodes { labels(first: 60) { nodes { id } } } } } } } }',
    51,
  ],
  wider: [
    '{ viewer { repositories(first: 100) { nodes { issues(first: 100) { nodes { labels(first: 60) { nodes { id } } } } } } } }',
    undefined,
  ],
  mutation: ['mutation { addComment(input: {}) { clientMutationId } }', 1],
} as const;

interface Call {
  readonly as: keyof typeof CALLERS;
  readonly to: 'repository' | 'known' | 'issue' | 'update' | 'search' | 'code' | 'query' | 'rate-limit';
  readonly query: keyof typeof QUERIES;
  readonly force: number | undefined;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const METHODS = { issue: 'POST', update: 'PATCH', query: 'POST' } as Readonly<Record<string, string>>;

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'github',
  variants: [[], ['status-429']],
  stretches: [1_000, 20_000, MINUTE, HOUR / 2, HOUR],
  call: fc.record({
    as: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom<Call['as'][]>('octocat', 'octocat too', 'nobody', 'nobody elsewhere') },
      {
        weight: 2,
        arbitrary: fc.constantFrom<Call['as'][]>('hubot', 'enterprise', 'small', 'large', 'actions', 'bad'),
      },
    ),
    to: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<Call['to'][]>('repository', 'search', 'code', 'query', 'issue') },
      { weight: 1, arbitrary: fc.constantFrom<Call['to'][]>('known', 'update', 'rate-limit') },
    ),
    query: fc.constantFrom<Call['query'][]>('plain', 'wide', 'wider', 'mutation'),
    force: fc.option(fc.constantFrom(404, 422, 500), { nil: undefined, freq: 8 }),
  }),
  request({ as, to, query, force }) {
    const { header } = CALLERS[as];
    const path = {
      repository: '/repos/o/r',
      known: '/repos/o/r',
      issue: '/repos/o/r/issues',
      update: '/repos/o/r/issues/1',
      search: '/search/issues',
      code: '/search/code',
      query: '/graphql',
      'rate-limit': '/rate_limit',
    }[to];
    const body = { issue: { title: 'Bug' }, update: { state: 'closed' }, query: { query: QUERIES[query][0] } }[
      to as string
    ];
    return {
      method: METHODS[to] ?? 'GET',
      path,
      query: to === 'search' || to === 'code' ? 'q=bug' : '',
      force,
      ...(as === 'nobody elsewhere' ? { ip: '203.0.113.9' } : {}),
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(header === undefined ? {} : { authorization: header }),
        ...(to === 'known' ? { 'if-none-match': '*' } : {}),
      },
    };
  },
  create: (variants) => new GitHub(variants.includes('status-429') ? 429 : 403),
};

const isNobody = ({ as }: Call) => as === 'nobody' || as === 'nobody elsewhere';
const who = ({ as }: Call) => CALLERS[as].who;
const isCore = ({ to }: Call) =>
  to === 'repository' || to === 'known' || to === 'issue' || to === 'update' || to === 'rate-limit';
const isMutation = ({ to, query }: Call) => to === 'query' && query === 'mutation';
/** GET of a repository is one endpoint, with a condition or without. */
const endpoint = ({ to }: Call) => (to === 'known' ? 'repository' : to);

/** Each resource with its limit; the status of all of them is told by one operation, which counts for none. */
function resource(
  name: string,
  lengthMs: number,
  quota: (call: Call) => number,
  to: (call: Call) => boolean,
  cost: (call: Call) => number,
): Limit<Call> {
  return {
    name,
    bucket: () => fixedFirstRequest(lengthMs),
    quota,
    key: (call) => (to(call) ? who(call) : undefined),
    cost: (call) => (call.to === 'rate-limit' ? 0 : cost(call)),
  };
}

const PRIMARY = new Set(['core', 'search', 'code', 'graphql']);
const LIMITS: Limit<Call>[] = [
  resource(
    'core',
    HOUR,
    ({ as }) => CALLERS[as].core,
    isCore,
    () => 1,
  ),
  resource(
    'search',
    MINUTE,
    (call) => (isNobody(call) ? 10 : 30),
    ({ to }) => to === 'search',
    () => 1,
  ),
  resource(
    'code',
    MINUTE,
    () => 10,
    ({ to }) => to === 'code',
    () => 1,
  ),
  resource(
    'graphql',
    HOUR,
    ({ as }) => CALLERS[as].points,
    ({ to }) => to === 'query',
    ({ query }) => QUERIES[query][1] ?? 101,
  ),
  { name: 'concurrent', bucket: concurrency, quota: () => 100, key: who },
  {
    name: 'points',
    bucket: () => fixedFirstRequest(MINUTE),
    quota: ({ to }) => (to === 'query' ? 2_000 : 900),
    key: (call) => `${who(call)} ${endpoint(call)}`,
    cost: (call) => (call.to === 'query' ? (isMutation(call) ? 5 : 1) : METHODS[call.to] === undefined ? 1 : 5),
  },
  { name: 'cpu', bucket: () => fixedFirstRequest(MINUTE), quota: () => 90_000, key: who, cost: () => 0 },
  {
    name: 'cpu of graphql',
    bucket: () => fixedFirstRequest(MINUTE),
    quota: () => 60_000,
    key: (call) => (call.to === 'query' ? who(call) : undefined),
    cost: () => 0,
  },
  ...(
    [
      ['content a minute', MINUTE, 80],
      ['content an hour', HOUR, 500],
    ] as const
  ).map(
    ([name, lengthMs, quota]): Limit<Call> => ({
      name,
      bucket: () => fixedFirstRequest(lengthMs),
      quota: () => quota,
      key: (call) => (call.to === 'issue' || isMutation(call) ? who(call) : undefined),
    }),
  ),
];

class GitHub implements Model<Call> {
  readonly #buckets = new Buckets(LIMITS);

  constructor(readonly status: number) {}

  reset(): void {
    this.#buckets.reset();
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const needsToken = call.to === 'issue' || call.to === 'update' || call.to === 'code' || call.to === 'query';
    if (call.as === 'bad' || (isNobody(call) && needsToken))
      return { status: 401, headers: { 'X-RateLimit-Limit': null, 'X-RateLimit-Resource': null } };
    // CPU time is charged at the end; a request is refused once all of it is used.
    const spent = this.#buckets
      .of(call)
      .filter(({ limit, bucket }) => limit.name.startsWith('cpu') && !bucket.admits(1, now));
    const tooMany = call.to === 'query' && QUERIES[call.query][1] === undefined;
    const taken = spent.length > 0 || tooMany ? undefined : this.#buckets.take(call, now);
    if (taken && !taken.refused) return this.#admitted(call, taken.counted, taken.lease, now);
    const counted = this.#buckets.of(call);
    const full = counted.filter(
      (one) => spent.some(({ bucket }) => bucket === one.bucket) || (one.cost > 0 && !one.bucket.admits(one.cost, now)),
    );
    const primary = counted[0]!;
    const { name } = full[0]?.limit ?? { name: 'nodes' };
    const reported = report(call, primary, now);
    if (name === 'graphql')
      return {
        status: 200,
        refused: true,
        headers: { ...reported, 'Retry-After': null },
        parts: { 'errors.0.type': 'RATE_LIMITED' },
      };
    if (name === 'nodes')
      return {
        status: 200,
        refused: true,
        headers: { ...reported, 'Retry-After': null },
        parts: { 'errors.0.type': 'MAX_NODE_LIMIT_EXCEEDED' },
      };
    if (PRIMARY.has(name)) return { status: this.status, refused: true, headers: { ...reported, 'Retry-After': null } };
    const resets = full.map(({ bucket }) => bucket.resetAt(now));
    const at = Math.max(...resets.filter((one) => one !== null));
    const wait = tooMany ? undefined : name === 'concurrent' ? null : String(retryAfter(at, now));
    return {
      status: this.status,
      refused: true,
      headers: { ...reported, ...(wait === undefined ? {} : { 'Retry-After': wait }) },
    };
  }

  #admitted(call: Call, counted: Counted<Call>[], lease: string, at: number): Admitted {
    const primary = counted[0]!;
    return {
      finish: (now) => {
        const status = call.force ?? (call.to === 'known' ? 304 : call.to === 'issue' ? 201 : 200);
        if (status === 304 && !isNobody(call)) primary.bucket.refund(primary.window, primary.cost, lease);
        // The time that the answer took is charged to the window in which the request came.
        for (const one of counted) if (one.limit.name.startsWith('cpu')) this.#spend(one, at, now);
        return { status, headers: report(call, primary, now) };
      },
      left: () => counted.find(({ limit }) => limit.name === 'concurrent')!.bucket.refund(0, 1, lease),
    };
  }

  #spend({ bucket }: Counted<Call>, at: number, now: number): void {
    if (now > at) bucket.charge(now - at, now, 'cpu');
  }
}

function report({ to }: Call, { bucket }: Counted<Call>, now: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(bucket.quota),
    'X-RateLimit-Remaining': String(Math.max(0, bucket.quota - bucket.used(now))),
    'X-RateLimit-Used': String(bucket.used(now)),
    'X-RateLimit-Reset': String(seconds(bucket.resetAt(now)!)),
    'X-RateLimit-Resource': { search: 'search', code: 'code_search', query: 'graphql' }[to as string] ?? 'core',
  };
}
