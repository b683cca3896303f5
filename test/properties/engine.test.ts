import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlgorithmName, algorithm } from '../../src/limits/algorithms/index.js';
import type { InstantLog } from '../../src/limits/algorithms/log.js';
import { type Admission, admit, type PolicyQuery, release, settle } from '../../src/limits/engine.js';
import type { RequestFacts } from '../../src/limits/facts.js';
import { countedBy, type Policy, paramsFor } from '../../src/limits/policy.js';
import { assessAll, firstAdmission, statesOf } from '../../src/limits/quota-status.js';
import { compileQuantity } from '../../src/limits/rules/quantity.js';
import type { Window } from '../../src/limits/windows.js';
import { MemoryBuckets } from '../../src/state/buckets/bucket-store.js';
import { agree, runs } from './agree.js';
import * as references from './references.js';

const LENGTH = 20;
const onClock: Window = { kind: 'aligned', lengthMs: LENGTH, offsetMs: 0 };
const fromFirst: Window = { kind: 'first-request', lengthMs: LENGTH };
const kinds: Record<
  string,
  {
    algorithm: AlgorithmName;
    window: Window;
    settings?: Readonly<Record<string, unknown>>;
    reference: () => references.Reference;
  }
> = {
  clock: { algorithm: 'fixed-window', window: onClock, reference: () => references.fixedAligned(LENGTH) },
  first: { algorithm: 'fixed-window', window: fromFirst, reference: () => references.fixedFirstRequest(LENGTH) },
  weighted: { algorithm: 'sliding-window', window: onClock, reference: () => references.slidingWindow(LENGTH) },
  log: { algorithm: 'sliding-log', window: fromFirst, reference: () => references.slidingLog(LENGTH) },
  bucket: {
    algorithm: 'token-bucket',
    window: fromFirst,
    settings: { refill: 3 },
    reference: () => references.tokenBucket(LENGTH, 3),
  },
  queued: {
    algorithm: 'leaky-bucket',
    window: fromFirst,
    settings: { queue: 3 },
    reference: () => references.leakyBucket(LENGTH, 3),
  },
  running: { algorithm: 'concurrency', window: { ...fromFirst, lengthMs: 0 }, reference: references.concurrency },
};

interface Rule {
  readonly kind: string;
  readonly quota: number;
  readonly by: 'key' | 'account' | 'everybody';
  /** Which policies (by place) a refusal charges. */
  readonly charges: readonly number[];
  readonly final: boolean;
  readonly freeStatus: number;
  /** The outcome tells the real cost. */
  readonly metered: boolean;
  /** Units that must be free, where that is more than the cost. */
  readonly needs: number;
}

type Step =
  | { readonly does: 'ask'; readonly key: number; readonly costs: readonly number[] }
  | { readonly does: 'finish'; readonly which: number; readonly status: number; readonly took: number }
  | { readonly does: 'move'; readonly ms: number };

const place = fc.nat({ max: 3 });
const rule: fc.Arbitrary<Rule> = fc.record({
  kind: fc.constantFrom(...Object.keys(kinds)),
  quota: fc.integer({ min: 2, max: 6 }),
  by: fc.constantFrom('key', 'account', 'everybody'),
  charges: fc.uniqueArray(place, { maxLength: 3 }),
  final: fc.boolean(),
  freeStatus: fc.constantFrom(304, 500, 999),
  metered: fc.boolean(),
  needs: fc.constantFrom(0, 0, 1, 2),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('ask' as const),
      key: fc.nat({ max: 2 }),
      costs: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('finish' as const),
      which: fc.nat({ max: 100 }),
      status: fc.constantFrom(200, 304, 500),
      took: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('move' as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -LENGTH, max: 2 * LENGTH })),
    }),
  },
);

const facts = {} as RequestFacts;

function compile(rules: readonly Rule[]): Policy[] {
  return rules.map((one, i): Policy => {
    const { algorithm: name, window, settings = {} } = kinds[one.kind]!;
    return {
      id: `p${i}`,
      base: `p${i}`,
      quota: compileQuantity(1),
      settingsOf: undefined,
      absent: 'skip',
      needs: undefined,
      mostPerRequest: undefined,
      ...countedBy(algorithm(name), window),
      settings: algorithm(name).settings(settings),
      unit: 'requests',
      scale: 1,
      partitionBy: [],
      phase: 'caller',
      sameForAllRequests: false,
      applies: () => true,
      partition: () => '',
      cost: () => 1,
      actualCost: one.metered ? (_facts, outcome) => Number(outcome!.body) : undefined,
      free: (_facts, outcome) => outcome?.status === one.freeStatus,
      // What counts running requests is never charged by a refusal: nothing would release it.
      refusal: {
        charges: one.charges.filter((at) => rules[at] && rules[at].kind !== 'running').map((at) => `p${at}`),
        final: one.final,
        error: 'limited',
        choices: [],
        impossible: 'limited',
        retryAfterSec: 'truthful',
      },
      warnAbove: undefined,
    };
  });
}

interface Pending {
  readonly admission: Admission;
  /** Per policy: what the reference was charged, and where. */
  readonly charges: readonly { reference: references.Reference; window: number; cost: number }[];
  readonly lease: string;
}

/** The same requests put to the engine and, policy by policy, to the references. */
class Run {
  now = 5_000;
  asked = 0;
  pending: Pending[] = [];
  readonly store = new MemoryBuckets();
  readonly policies: Policy[];
  readonly #references = new Map<string, references.Reference>();

  constructor(readonly rules: readonly Rule[]) {
    this.policies = compile(rules);
  }

  get instant() {
    return { now: this.now, horizon: Number.NEGATIVE_INFINITY };
  }

  reference(at: number, partition: string): references.Reference {
    const name = `${at} ${partition}`;
    const known = this.#references.get(name) ?? kinds[this.rules[at]!.kind]!.reference();
    known.quota = this.rules[at]!.quota;
    this.#references.set(name, known);
    return known;
  }

  partition(at: number, key: number): string {
    const { by } = this.rules[at]!;
    return by === 'key' ? `key${key}` : by === 'account' ? `account${key % 2}` : '';
  }

  step(one: Step): void {
    if (one.does === 'move') this.now += one.ms;
    else if (one.does === 'ask') this.#ask(one.key, one.costs);
    else this.#finish(one);
    this.#compare();
  }

  #ask(key: number, costs: readonly number[]): void {
    const { now, policies, rules, instant } = this;
    const lease = `request${this.asked++}`;
    const needs = costs.map((cost, i) => Math.max(cost, rules[i]?.needs ?? 0));
    const asks = policies.map((policy, i): PolicyQuery => {
      const partition = this.partition(i, key);
      const cost = costs[i]!;
      return { policy, partition, params: paramsFor(policy, rules[i]!.quota), cost, needs: needs[i]! };
    });
    const asReference = asks.map(({ partition }, i) => this.reference(i, partition));
    const admits = asReference.map((reference, i) => needs[i] === 0 || reference.admits(needs[i]!, now));
    const end = rules.findIndex(({ final }, i) => final && !admits[i]);
    const refusing = rules.map((_, i) => i).filter((i) => !admits[i] && (end < 0 || i <= end));
    const admission = admit(this.store, asks, instant, lease);
    agree('allowed', admission.allowed, refusing.length === 0);
    agree('refused by', admission.refusedBy?.query.policy.id, refusing.length > 0 ? `p${refusing[0]}` : undefined);

    const charged = new Set(
      refusing.length === 0
        ? rules.keys()
        : refusing.flatMap((i) => rules[i]!.charges).filter((i) => rules[i] && rules[i].kind !== 'running'),
    );
    const charges = asReference.map((reference, i) => {
      const cost = charged.has(i) ? costs[i]! : 0;
      return { reference, cost, window: cost > 0 ? reference.charge(cost, now, lease) : now };
    });
    if (admission.allowed) this.pending.push({ admission, charges, lease });
    else this.#compareRetry(asks, asReference, needs);
  }

  /** By trying every instant; what runs is left out, since nobody knows when it ends. */
  #compareRetry(asks: readonly PolicyQuery[], all: readonly references.Reference[], needs: readonly number[]): void {
    const told = all
      .map((reference, i) => ({ reference, cost: needs[i]! }))
      .filter(({ cost }, i) => cost > 0 && this.rules[i]!.kind !== 'running');
    const last = Math.max(this.now, ...told.map(({ reference }) => reference.settledAt(this.now))) + LENGTH;
    let first = this.now;
    while (first < last && !told.every(({ reference, cost }) => reference.admits(cost, first))) first++;
    const states = statesOf(this.store, asks, this.instant);
    const assessments = assessAll(asks, states, this.instant.now);
    agree('first admission', firstAdmission(asks, states, assessments, this.instant.now), first);
  }

  #finish({ which, status, took }: { which: number; status: number; took: number }): void {
    const [done] = this.pending.splice(which % Math.max(1, this.pending.length), 1);
    if (!done) return;
    settle(this.store, done.admission, facts, { status, body: took }, this.instant);
    release(this.store, done.admission, this.instant);
    for (const [i, { reference, window, cost }] of done.charges.entries()) {
      const { kind, freeStatus, metered } = this.rules[i]!;
      const isMetered = metered && kind !== 'running';
      if (cost === 0 && !isMetered) continue;
      const due = kind === 'running' ? 0 : status === freeStatus ? 0 : metered ? took : cost;
      // What was free at first is charged at its end, to the window of that moment.
      if (cost > 0) reference.refund(window, cost - due, done.lease);
      else if (due > 0) reference.charge(due, this.now, done.lease);
    }
  }

  #compare(): void {
    for (const [i, policy] of this.policies.entries()) {
      const params = paramsFor(policy, this.rules[i]!.quota);
      for (const partition of ['', 'key0', 'key1', 'key2', 'account0', 'account1']) {
        const reference = this.#references.get(`${i} ${partition}`);
        if (!reference) continue;
        const standing = policy.algorithm.decide(params, this.store.get(policy, partition), 0, this.now);
        agree(`${policy.id} ${partition} used`, standing.used, reference.used(this.now));
        agree(`${policy.id} ${partition} reset`, standing.resetAt, reference.resetAt(this.now));
      }
    }
  }
}

describe('the engine', () => {
  it('asks all, charges all or what a refusal is said to, and settles what was charged', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.array(step, { maxLength: 60, size: 'max' }),
        (rules, steps) => {
          const run = new Run(rules);
          for (const one of steps) run.step(one);
        },
      ),
      runs(400),
    );
  });

  it('opens no first-use window by a refusal', () => {
    const [policy] = compile([
      { kind: 'first', quota: 2, by: 'key', charges: [0], final: false, freeStatus: 999, metered: false, needs: 0 },
    ]);
    const store = new MemoryBuckets();
    const ask = (cost: number): PolicyQuery => ({
      policy: policy!,
      partition: 'k',
      params: paramsFor(policy!, 2),
      cost,
      needs: cost,
    });
    const at = (now: number) => ({ now, horizon: Number.NEGATIVE_INFINITY });
    expect(admit(store, [ask(3)], at(0), 'a').allowed).toBe(false);
    expect(store.get(policy!, 'k')).toBeUndefined();
    expect(admit(store, [ask(2)], at(5), 'b').decisions[0]).toMatchObject({ used: 2, resetAt: 5 + LENGTH });
    expect(admit(store, [ask(3)], at(6), 'c').decisions[0]).toMatchObject({ allowed: false, used: 5 });
  });

  it('charges a log only what all admit, so that it goes on where it was', () => {
    const rules = (['log', 'clock'] as const).map(
      (kind): Rule => ({
        kind,
        quota: 1_000,
        by: 'key',
        charges: [],
        final: false,
        freeStatus: 999,
        metered: false,
        needs: 0,
      }),
    );
    const store = new MemoryBuckets();
    for (let now = 0; now < 200; now++) {
      const asks = compile(rules).map(
        (policy, i): PolicyQuery => ({
          policy,
          partition: 'k',
          params: paramsFor(policy, 1_000),
          cost: i === 0 || now % 2 === 0 ? 1 : 9_000,
          needs: i === 0 || now % 2 === 0 ? 1 : 9_000,
        }),
      );
      expect(admit(store, asks, { now: Math.floor(now / 20), horizon: 0 }, 'a').allowed).toBe(now % 2 === 0);
    }
    const log = store.get(compile(rules)[0]!, 'k') as InstantLog;
    expect(log.size).toBe(100);
    expect(log.before).toEqual([]);
  });

  it('never changes a bucket that no policy asked about', () => {
    const [first, second] = compile([
      { kind: 'clock', quota: 3, by: 'key', charges: [0], final: false, freeStatus: 500, metered: false, needs: 0 },
      { kind: 'log', quota: 3, by: 'key', charges: [], final: false, freeStatus: 999, metered: false, needs: 0 },
    ]);
    const store = new MemoryBuckets();
    const ask = (policy: Policy, partition: string): PolicyQuery => ({
      policy,
      partition,
      params: paramsFor(policy, 3),
      cost: 1,
      needs: 1,
    });
    for (const partition of ['a', 'b'])
      admit(store, [ask(first!, partition), ask(second!, partition)], { now: 1, horizon: 1 }, partition);
    const before = JSON.stringify(store.dump());
    const admission = admit(store, [ask(first!, 'c')], { now: 2, horizon: 1 }, 'c');
    settle(store, admission, facts, { status: 500 }, { now: 3, horizon: 1 });
    const { p0, p1 } = store.dump();
    const others = p0!.filter(([partition]) => partition !== 'c');
    expect(JSON.stringify({ p0: others, p1 })).toBe(before);
  });
});
