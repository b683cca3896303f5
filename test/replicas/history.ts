/**
 * Random histories of replicas: what clients, tests and failures do to them.
 * @module
 */
import fc from 'fast-check';
import type { Provider } from '../../src/profile/compiled/provider.js';
import type { Core, DeliveryResult } from '../../src/sandbox/core.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { reportOf } from '../../src/sandbox/verdict/report.js';
import { providerOf } from '../helpers/providers.js';
import { type Member, Members, type MembersOptions, type Outcome, type Sent } from './members.js';
import { atRest, inMemory } from './store.js';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const prediction = { input: { prompt: 'a garden' } };
const model = { owner: 'black-forest-labs', model: 'flux-kontext-max' };

/** Requests of several providers, with jobs, streams, leases and idempotency keys. */
const REQUESTS: readonly (Sent & { readonly profile: string })[] = [
  ...['klinky_live_aaaa', 'klinky_live_bbbb'].map((key) => ({
    ...{ profile: 'klinky', method: 'GET', path: '/api/v1/public/links', query: 'page=1' },
    headers: { 'x-api-key': key },
  })),
  {
    ...{ profile: 'klinky', method: 'POST', path: '/api/v1/public/links' },
    headers: { 'x-api-key': 'klinky_live_aaaa' },
    body: { target_url: 'https://example.com/', slug: 'abcdef' },
  },
  { profile: 'klinky', method: 'GET', path: '/api/v1/public/nothing', headers: { 'x-api-key': 'klinky_live_aaaa' } },
  { profile: 'full-domination', method: 'GET', path: '/v1/audits', headers: bearer('ad_live_aaaa') },
  { profile: 'full-domination', method: 'GET', path: '/v1/mentions', headers: bearer('ad_test_tttt') },
  { profile: 'full-domination', method: 'GET', path: '/v1/audits/aud_none', headers: bearer('ad_live_aaaa') },
  ...['sk_live_aaaa', 'sk_live_bbbb'].map((key) => ({
    ...{ profile: 'prediction', method: 'POST', path: `/v1/${model.owner}/${model.model}/predictions` },
    headers: bearer(key),
    body: prediction,
  })),
  {
    ...{ profile: 'prediction', method: 'POST', path: `/v1/${model.owner}/${model.model}/predictions` },
    headers: { ...bearer('sk_live_aaaa'), 'idempotency-key': 'again' },
    body: { ...prediction, webhook: 'http://127.0.0.1:9/ended' },
  },
  {
    ...{ profile: 'prediction', method: 'POST', path: '/v1/predictions/batch', headers: bearer('sk_live_aaaa') },
    body: { predictions: [1, 2].map(() => ({ ...model, ...prediction })) },
  },
  ...['aaaa', 'cccc', 'dddd', 'eeee'].map((key) => ({
    ...{ profile: 'prediction', method: 'GET', path: '/v1/account/rate-limits' },
    headers: bearer(`sk_live_${key}`),
  })),
  { profile: 'prediction', method: 'GET', path: '/v1/predictions/RUNNING/stream', headers: bearer('sk_live_aaaa') },
  { profile: 'prediction', method: 'POST', path: '/v1/predictions/RUNNING/cancel', headers: bearer('sk_live_aaaa') },
];

/** Operations with their arguments. */
const OPERATIONS: readonly (readonly [name: string, ...args: unknown[]])[] = [
  ['faults.add', { delayMs: 1_500, times: 2 }],
  ['faults.add', { status: 503, match: { everyNth: 3 }, times: 3 }],
  ['faults.add', { status: 500, match: { probability: 0.4, seed: 7 }, times: 4 }],
  ['faults.add', { drop: true, match: { profile: 'klinky', nth: 2 }, expiresInMs: 20_000 }],
  ['faults.add', { delayMs: 40_000, times: 1, match: { profile: 'full-domination' } }],
  ['faults.remove'],
  ['setQuota', { profile: 'klinky', policy: 'account-hour', partition: { account: 'default' }, remaining: 3 }],
  ['setAccount', 'klinky', 'default', { quotas: { 'account-hour': 9 } }],
  ['setAccount', 'full-domination', 'default', { quotas: { 'token-in-flight': 2 } }],
  ['setProfile', 'klinky', { variants: ['sliding-hour'] }],
  ['setProfile', 'klinky', { variants: [] }],
  ['setProfile', 'prediction', { variants: ['first-request'] }],
  ['clock.set', { frozen: true }],
  ['clock.set', { frozen: false }],
  ['clock.set', { rate: 7.3 }],
  ['clock.set', { now: Date.parse('2026-05-12T07:00:00Z') }],
  ['clock.set', { now: Date.parse('2026-06-01T00:00:00Z') }],
  ['clock.advance', 1_500],
  ['clock.advance', '3m'],
  ['clock.advance', '1h'],
  ['reset', {}],
  ['reset', { clock: true, accounts: true, profiles: true }],
  ['clearRequests'],
  ['jobs.setDefaults', 'prediction', { runTimeMs: 2_000 }],
  ['jobs.setDefaults', 'prediction', { runTimeMs: null }],
  ['webhooks.add', { profile: 'prediction', url: 'http://127.0.0.1:9/hook' }],
  ['webhooks.add', { profile: 'full-domination', url: 'http://127.0.0.1:9/hook' }],
  ['webhooks.send', { profile: 'full-domination', type: 'audit.scheduled.fired' }],
];

/** One step. `at`: which replica, modulo their number. */
export type Step =
  | {
      readonly does: 'call';
      readonly at: number;
      readonly sandbox: number;
      readonly request: number;
      readonly holds: boolean;
      readonly times: number;
    }
  | { readonly does: 'leave'; readonly which: number; readonly lost: boolean }
  | { readonly does: 'operate'; readonly at: number; readonly sandbox: number; readonly operation: number }
  | { readonly does: 'restore'; readonly at: number; readonly sandbox: number }
  | { readonly does: 'remove'; readonly at: number; readonly sandbox: number }
  | { readonly does: 'time'; readonly ms: number }
  | { readonly does: 'turn' | 'settle' }
  | { readonly does: 'read'; readonly at: number }
  | { readonly does: 'join' }
  | { readonly does: 'stop'; readonly at: number }
  | { readonly does: 'silence'; readonly at: number }
  | { readonly does: 'lose'; readonly moment: 'before' | 'after' }
  | { readonly does: 'restart'; readonly lost: number };

/** What a history may contain besides what clients and tests do. */
export interface Troubles {
  /** Replicas join and leave. */
  readonly moves: boolean;
  /** Replies are lost, replicas are removed, the log restarts. */
  readonly failures: boolean;
  /** How many buckets each policy has; there are more keys. Default: as many as are needed. */
  readonly maxBuckets?: number;
}

const SANDBOXES = ['', 't1', 't2'];

/** An operation that sets a clock back which has never been set. What a process has dropped by then cannot come back, and one alone may not have dropped it. */
const BACK = OPERATIONS.findIndex(
  ([name, change]) => name === 'clock.set' && (change as { now?: number }).now === Date.parse('2026-05-12T07:00:00Z'),
);

/** Histories. @param goesBack whether clocks that run are set back */
export function histories({ moves, failures }: Troubles, goesBack = true): fc.Arbitrary<Step[]> {
  const at = fc.nat({ max: 2 });
  const sandbox = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 2 }) },
  );
  const step = <const Does extends string, T extends object>(
    weight: number,
    does: Does,
    rest: { [K in keyof T]: fc.Arbitrary<T[K]> },
  ) => ({
    weight,
    arbitrary: fc.record({ does: fc.constant(does), ...rest }) as unknown as fc.Arbitrary<Step>,
  });
  const ms = fc.oneof(
    fc.integer({ min: 1, max: 3_000 }),
    fc.double({ min: 0.1, max: 90, noNaN: true }),
    fc.constantFrom(1_000, 12_000),
  );
  return fc.array(
    fc.oneof(
      step(30, 'call', {
        at,
        sandbox,
        request: fc.nat({ max: REQUESTS.length - 1 }),
        holds: fc.boolean(),
        times: fc.constantFrom(1, 1, 2, 4),
      }),
      step(6, 'leave', { which: fc.nat({ max: 9 }), lost: fc.boolean() }),
      step(14, 'operate', {
        at,
        sandbox,
        operation: fc.nat({ max: OPERATIONS.length - 1 }).filter((one) => goesBack || one !== BACK),
      }),
      step(1, 'restore', { at, sandbox }),
      step(1, 'remove', { at, sandbox }),
      step(8, 'time', { ms }),
      step(8, 'turn', {}),
      step(3, 'settle', {}),
      step(3, 'read', { at }),
      ...(moves ? [step(2, 'join', {}), step(1, 'stop', { at })] : []),
      ...(failures
        ? [
            step(2, 'silence', { at }),
            step(4, 'lose', { moment: fc.constantFrom('before' as const, 'after' as const) }),
            step(3, 'restart', { lost: fc.constantFrom(0, 0, 1, 3) }),
          ]
        : []),
    ),
    { maxLength: 45, size: 'max' },
  );
}

/** The providers of the histories. */
export function providersOfHistories(): Provider[] {
  return ['klinky', 'full-domination', 'prediction'].map((id) => providerOf(id, { variants: [] }));
}

/** Editions with other variants. */
export const editions: MembersOptions['editions'] = {
  open: async (profile, variants) => providerOf(profile, { variants: [...variants] }),
  loaded: (profile, variants) => providerOf(profile, { variants: [...variants] }),
};

/** Plays a history. */
export class History {
  readonly members: Members;
  /** Lines of level `warn`. */
  readonly warnings: string[] = [];
  /** Requests, in the order in which they were sent. */
  readonly sent: { readonly outcome: Outcome; readonly replica: Member /** Its number. */; readonly member: number }[] =
    [];
  #open: Outcome[] = [];
  #deliveries = 0;

  constructor(options: Partial<MembersOptions> = {}) {
    const results: readonly DeliveryResult[] = [
      { status: 200 },
      { status: 500 },
      { failed: 'refused' },
      { status: 204 },
    ];
    const deliver: Core['deliver'] = async () => {
      this.#deliveries += 1;
      await atRest(this.#deliveries % 3);
      return results[this.#deliveries % results.length]!;
    };
    this.members = new Members({
      providers: providersOfHistories(),
      plans: {},
      editions,
      deliver,
      // Two names are used, so that sandboxes are evicted.
      maxSandboxes: 1,
      openStore: inMemory({ recoverMs: 1 }),
      // A checkpoint at every heartbeat at which it can be made.
      logBytes: { idle: 1, unused: 1, busy: 1 },
      warned: (line) => this.warnings.push(line),
      ...options,
    });
  }

  async start(replicas: number): Promise<void> {
    for (let i = 0; i < replicas; i++) await this.members.join();
  }

  async play(step: Step): Promise<void> {
    const { members } = this;
    const member = 'at' in step ? members.all[step.at % members.all.length]! : members.all[0]!;
    const sandbox = 'sandbox' in step ? SANDBOXES[step.sandbox]! : '';
    switch (step.does) {
      case 'call':
        for (let i = 0; i < step.times; i++) this.#call(member, sandbox, REQUESTS[step.request]!, step.holds);
        break;
      case 'leave': {
        const [gone] = this.#open.splice(step.which % Math.max(1, this.#open.length), 1);
        gone?.leave(step.lost || gone.answer === undefined);
        break;
      }
      case 'operate': {
        const [name, ...args] = OPERATIONS[step.operation]!;
        void member.replica.operate(sandbox, name, args).catch(() => undefined);
        break;
      }
      case 'restore': {
        const snapshot = member.sandboxes.peek(sandbox)?.snapshot({ journal: true });
        if (snapshot)
          void member.replica
            .operate(sandbox, 'restore', [JSON.parse(JSON.stringify(snapshot))])
            .catch(() => undefined);
        break;
      }
      case 'remove':
        if (sandbox !== '') void member.replica.removeSandbox(sandbox).catch(() => undefined);
        break;
      case 'time':
        await members.time.advance(step.ms);
        break;
      case 'turn':
        await atRest(1);
        break;
      case 'settle':
        await members.settle();
        break;
      case 'read':
        // What one replica is asked must not change its state.
        digest(member);
        break;
      case 'join':
        if (members.all.length < 4) void members.join().catch(() => undefined);
        break;
      case 'stop':
        if (members.all.length > 2) await this.#stop(member);
        break;
      case 'silence':
        await members.store.remove(member.replica.member);
        break;
      case 'lose':
        members.store.failNext('unreachable', step.moment);
        break;
      case 'restart':
        await members.store.restart(step.lost);
    }
    this.#sendAnswers();
  }

  /** Lets failures pass and everything come to rest. */
  async settle(): Promise<void> {
    const { members } = this;
    for (let i = 0; i < 6; i++) {
      await members.time.advance(1_000);
      await members.settle();
      this.#sendAnswers();
    }
    await members.settle();
  }

  async close(): Promise<void> {
    for (const { outcome } of this.sent) outcome.leave(true);
    await this.members.close();
  }

  #call(member: Member, sandbox: string, { profile, ...request }: (typeof REQUESTS)[number], holds: boolean): void {
    const running = member.sandboxes.peek(sandbox)?.jobs.list()[0]?.id ?? 'pred_none';
    const outcome = this.members.send(member, sandbox, profile, {
      ...request,
      path: request.path.replace('RUNNING', running),
    });
    this.sent.push({ outcome, replica: member, member: member.replica.member });
    if (holds) this.#open.push(outcome);
  }

  /** Clients that do not hold their connection take the answers that have come. */
  #sendAnswers(): void {
    for (const { outcome } of this.sent) {
      if (outcome.answer === undefined || outcome.isStreaming || this.#open.includes(outcome)) continue;
      outcome.leave();
    }
  }

  async #stop(member: Member): Promise<void> {
    for (const sent of this.sent) if (sent.replica === member) sent.outcome.leave(true);
    await this.members.leave(member);
  }
}

/** Everything that can be read of a process, as a text for each part. */
export function digest({ sandboxes }: Pick<Member, 'sandboxes'>): Record<string, string> {
  const parts: Record<string, unknown> = {
    sandboxes: sandboxes.list().map(({ bytes: _, ...one }) => one),
  };
  for (const sandbox of sandboxes.all())
    for (const [part, value] of Object.entries(digestOf(sandbox))) parts[`${sandbox.name}: ${part}`] = value;
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, JSON.stringify(value)]));
}

function digestOf(sandbox: Sandbox): Record<string, unknown> {
  return {
    clock: sandbox.clock.read(),
    quotas: sandbox.quotas(),
    requests: sandbox.requests(),
    snapshot: sandbox.snapshot({ journal: true }),
    events: sandbox.events.since(0),
    faults: sandbox.faults.list(),
    jobs: sandbox.jobs.list(),
    deliveries: sandbox.webhooks.deliveries(),
    endpoints: sandbox.webhooks.endpoints(),
    'in flight': sandbox.inFlight(),
    usage: sandbox.usage(),
    counts: sandbox.counts,
    accounts: sandbox.profiles.map((profile) => sandbox.accounts(profile)),
    report: reportOf(sandbox),
  };
}
