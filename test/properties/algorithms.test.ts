import fc from 'fast-check';
import { describe, it } from 'vitest';
import { chargeAnyway, type Params } from '../../src/limits/algorithms/algorithm.js';
import { take } from '../limits/take.js';
import { agree, runs } from './agree.js';
import * as references from './references.js';
import { LENGTH, type Subject, subjects } from './subjects.js';

type Step =
  | { readonly does: 'take'; readonly cost: number }
  /** A refusal that counts takes units past the quota. */
  | { readonly does: 'charge'; readonly cost: number }
  | { readonly does: 'refund'; readonly which: number; readonly amount: number }
  | { readonly does: 'advance'; readonly ms: number }
  | { readonly does: 'back'; readonly ms: number }
  | { readonly does: 'quota'; readonly quota: number }
  | { readonly does: 'seed'; readonly used: number }
  /** Goes on from an earlier state and throws away what comes of it. */
  | { readonly does: 'fork'; readonly which: number; readonly cost: number };

const index = fc.nat({ max: 1_000 });
const forward: fc.Arbitrary<Step>[] = [
  fc.record({ does: fc.constant('take' as const), cost: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ does: fc.constant('take' as const), cost: fc.constant(1) }),
  fc.record({ does: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 3 * LENGTH }) }),
  fc.record({ does: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ does: fc.constant('refund' as const), which: index, amount: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ does: fc.constant('charge' as const), cost: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ does: fc.constant('fork' as const), which: index, cost: fc.integer({ min: 1, max: 3 }) }),
];
const anyStep = fc.oneof(
  ...forward,
  fc.record({ does: fc.constant('back' as const), ms: fc.integer({ min: 0, max: 3 * LENGTH }) }),
  fc.record({ does: fc.constant('quota' as const), quota: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ does: fc.constant('seed' as const), used: fc.integer({ min: 0, max: 12 }) }),
);
const steps = (of: fc.Arbitrary<Step>) => fc.array(of, { maxLength: 60, size: 'max' });
const quotas = fc.integer({ min: 1, max: 10 });

/** Runs the same steps on both, and compares what they say after each. */
class Run {
  now = 10_000;
  state: unknown;
  params: Params;
  readonly reference: references.Reference;
  readonly charges: { window: number; lease: string }[] = [];
  readonly #history: { state: unknown; text: string }[] = [];

  constructor(
    readonly subject: Subject,
    quota: number,
    /** Whether what has ended may be forgotten, because the clock only runs forward. */
    readonly forgets: boolean,
  ) {
    const settings = subject.algorithm.settings(subject.settings ?? {});
    this.params = { quota, window: subject.window, settings };
    this.reference = subject.reference();
    this.reference.quota = quota;
  }

  step(step: Step): void {
    const { algorithm: real } = this.subject;
    const { params, reference, now } = this;
    const lease = `lease-${this.charges.length % 5}`;
    const context = { horizon: this.forgets ? now : Number.NEGATIVE_INFINITY, lease };
    switch (step.does) {
      case 'take': {
        const taken = take(real, params, this.state, step.cost, now, context);
        agree('allowed', taken.allowed, reference.admits(step.cost, now));
        if (!taken.allowed) {
          agree('the state is the one that was given', taken.state === this.state, true);
          break;
        }
        const size = reference.sizeAt?.(now) ?? reference.size ?? params.quota;
        agree('within the quota', reference.used(now) + step.cost <= size, true);
        agree('delay', taken.delayMs, reference.delay?.(now) ?? 0);
        agree('window', taken.window, reference.charge(step.cost, now, lease));
        agree('used', taken.used, reference.used(now));
        this.charges.push({ window: taken.window, lease });
        this.state = taken.state;
        break;
      }
      case 'charge': {
        const { window } = real.decide(params, this.state, step.cost, now);
        agree('window', window, reference.charge(step.cost, now, lease));
        this.charges.push({ window, lease });
        this.state = chargeAnyway(real, params, this.state, step.cost, now, context);
        break;
      }
      case 'refund': {
        const charge = this.charges[step.which % this.charges.length];
        if (!charge || this.state === undefined) break;
        this.state =
          real.kind === 'counter'
            ? real.refund(params, this.state, charge.window, step.amount)
            : real.release(this.state, charge.lease, step.amount);
        reference.refund(charge.window, step.amount, charge.lease);
        break;
      }
      case 'seed': {
        agree('can be seeded', reference.seed(step.used, now), real.kind === 'counter');
        if (real.kind === 'counter') this.state = real.seed(params, this.state, step.used, now, context);
        break;
      }
      case 'quota':
        reference.quota = step.quota;
        this.params = { ...params, quota: step.quota };
        break;
      case 'fork': {
        const earlier = this.#history[step.which % this.#history.length];
        if (earlier) chargeAnyway(real, params, earlier.state, step.cost, now + 1, context);
        break;
      }
      case 'advance':
        this.now += step.ms;
        break;
      case 'back':
        this.now -= step.ms;
        break;
    }
    this.compare();
    this.#history.push({ state: this.state, text: JSON.stringify(this.state) ?? '' });
  }

  compare(): void {
    const { params, reference, now, state } = this;
    const { algorithm: real } = this.subject;
    const status = real.decide(params, state, 0, now);
    const used = reference.used(now);
    const size = reference.size ?? params.quota;
    const remaining = Math.max(0, (reference.sizeAt?.(now) ?? size) - used);
    const { allowed, resetAt, retryAt } = status;
    agree(
      'status',
      { allowed, used: status.used, remaining: status.remaining, resetAt, retryAt },
      { allowed: true, used, remaining, resetAt: reference.resetAt(now), retryAt: now },
    );
    for (const cost of new Set([1, 3, params.quota])) {
      if (cost === 0) continue;
      const assessment = real.decide(params, state, cost, now);
      const { allowed, retryAt } = assessment;
      agree(`cost ${cost} allowed`, allowed, reference.admits(cost, now));
      // An assessment has the status that results. The charged state is thrown away.
      const charged = chargeAnyway(real, params, state, cost, now, {
        horizon: Number.NEGATIVE_INFINITY,
        lease: 'nobody',
      });
      const after = real.decide(params, charged, 0, now);
      agree(`used after ${cost}`, after.used, used + cost);
      const { used: result, remaining: left, resetAt: reset } = allowed ? after : status;
      agree(`result of ${cost}`, [assessment.used, assessment.remaining, assessment.resetAt], [result, left, reset]);
      const first = references.firstAdmission(reference, cost, now);
      const isNever = params.quota === 0 || cost > size || (first === null && reference.never);
      agree(`cost ${cost} retryAt`, retryAt, isNever ? Number.POSITIVE_INFINITY : first);
      if (retryAt === null || !Number.isFinite(retryAt)) continue;
      agree(`cost ${cost} allowed at retryAt`, real.decide(params, state, cost, retryAt).allowed, true);
      if (!allowed) agree(`cost ${cost} refused before`, real.decide(params, state, cost, retryAt - 1).allowed, false);
    }
    if (state !== undefined && !real.isLive(params, state, now))
      agree('not live: as if empty', status, real.decide(params, undefined, 0, now));
  }

  /** No state that was ever given has been written to. */
  comparePast(): void {
    for (const { state, text } of this.#history) agree('an earlier state', JSON.stringify(state) ?? '', text);
  }
}

describe.each(subjects)('$name', (subject) => {
  it('says what its definition says, with the clock moving both ways', () => {
    fc.assert(
      fc.property(quotas, steps(anyStep), (quota, all) => {
        const run = new Run(subject, quota, false);
        for (const step of all) run.step(step);
        run.comparePast();
      }),
      runs(300),
    );
  });

  it('says the same while it forgets what has ended, with a clock that only runs', () => {
    fc.assert(
      fc.property(quotas, steps(fc.oneof(...forward)), (quota, all) => {
        const run = new Run(subject, quota, true);
        for (const step of all) run.step(step);
        run.comparePast();
      }),
      runs(300),
    );
  });

  it('says no more than an empty state once it has expired', () => {
    fc.assert(
      fc.property(quotas, steps(fc.oneof(...forward)), fc.nat({ max: 100 }), (quota, all, later) => {
        const run = new Run(subject, quota, true);
        for (const step of all) run.step(step);
        if (run.state === undefined) return;
        const { algorithm: real } = subject;
        const expiresAt = real.expiresAt(run.params, run.state);
        if (!Number.isFinite(expiresAt) && expiresAt > 0) return;
        const then = Math.max(run.now, expiresAt) + later;
        agree('expired', real.decide(run.params, run.state, 1, then), real.decide(run.params, undefined, 1, then));
      }),
      runs(300),
    );
  });
});
