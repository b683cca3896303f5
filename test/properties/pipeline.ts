/**
 * Puts random steps to a provider's sandbox and to a naive model of it, and compares every response.
 * @module
 */

import fc from 'fast-check';
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import type { Arrival } from '../../src/sandbox/exchange/request.js';
import type { FaultInput } from '../../src/sandbox/faults/schema.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import { agree } from './agree.js';
import type { Admitted, Expected, Model, ModelSpec, Sent } from './model.js';

type Step<Call> =
  | { readonly does: 'call'; readonly call: Call; readonly times: number }
  | { readonly does: 'slow'; readonly call: Call; readonly delayMs: number }
  | { readonly does: 'abort'; readonly which: number }
  | { readonly does: 'advance' | 'jump' | 'back'; readonly ms: number }
  | { readonly does: 'control'; readonly what: number; readonly amount: number }
  | { readonly does: 'reset' };

/** Random steps for a model: calls, delays, moves of the clock, control operations, resets. */
export function steps<Call>({ call, stretches }: ModelSpec<Call>): fc.Arbitrary<Step<Call>[]> {
  const stretch = fc.oneof(
    fc.constantFrom(...stretches),
    fc.tuple(fc.constantFrom(...stretches), fc.integer({ min: -2, max: 2 })).map(([ms, off]) => Math.max(0, ms + off)),
    fc.integer({ min: 0, max: 2 * Math.min(...stretches) }),
    fc.integer({ min: 0, max: 2_000 }),
  );
  const step: fc.Arbitrary<Step<Call>> = fc.oneof(
    { weight: 30, arbitrary: fc.record({ does: fc.constant('call' as const), call, times: fc.constant(1) }) },
    {
      weight: 18,
      arbitrary: fc.record({ does: fc.constant('call' as const), call, times: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 12, arbitrary: fc.record({ does: fc.constant('slow' as const), call, delayMs: stretch }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('abort' as const), which: fc.nat({ max: 50 }) }) },
    { weight: 15, arbitrary: fc.record({ does: fc.constantFrom('advance' as const, 'jump' as const), ms: stretch }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constant('back' as const), ms: stretch }) },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('control' as const),
        what: fc.nat({ max: 9 }),
        amount: fc.nat({ max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('reset' as const) }) },
  );
  return fc.array(step, { maxLength: 60, size: 'max' });
}

interface Waiting {
  readonly admitted: Admitted;
  readonly until: number;
  readonly order: number;
  readonly answer: Promise<Answer>;
  /** What the model says, once it has been asked. */
  expected?: Expected;
  readonly call: unknown;
  readonly leave: () => Promise<void>;
}

/** A Tuesday morning, some way into every window. */
const START = Date.parse('2026-05-12T08:17:23.456Z');

/** How many responses have been compared, so that a test can tell that it did something. */
export const compared = { responses: 0, refusals: 0 };

/** A request with what a replica tells the others. */
export type SentArrival = Arrival & { readonly rawHeaders: readonly string[] };

/** What the steps go to: a sandbox, or replicas that share one. */
export interface Target {
  /** What a model controls. Its calls may take effect later, but before `settled` resolves. */
  readonly controlled: Sandbox;
  /** The time of the clock: epoch ms, virtual. */
  readonly now: number;
  settled(): Promise<void>;
  /** Sends a request. The answer is a promise if it is delayed. */
  send(arrival: SentArrival): Promise<{ readonly answer: Answer | Promise<Answer>; leave(): Promise<void> }>;
  addFault(fault: FaultInput): Promise<string>;
  removeFault(id: string): Promise<boolean>;
  advance(ms: number): Promise<unknown>;
  setClock(now: number): Promise<unknown>;
  reset(): Promise<void>;
}

/** How the sandbox of a run starts. */
export function startOf<Call>(spec: ModelSpec<Call>, provider: Provider) {
  return {
    providers: [provider],
    plans: spec.plan === undefined ? {} : { [spec.id]: spec.plan },
    clock: { frozen: true, now: START },
    log: () => {},
    deliver: async () => ({ status: 200 }),
  };
}

/** A sandbox in this process. */
function sandboxTarget(id: string, sandbox: () => Sandbox): Target {
  return {
    get controlled() {
      return sandbox();
    },
    get now() {
      return sandbox().clock.now();
    },
    settled: async () => {},
    async send(arrival) {
      const done: (() => void)[] = [];
      const answer = sandbox().handle(id, arrival, { onDone: (listener) => done.push(listener) });
      const leave = async () => {
        for (const listener of done.splice(0)) listener();
      };
      return { answer, leave };
    },
    addFault: async (fault) => sandbox().addFault(fault).id,
    removeFault: async (id) => sandbox().faults.remove(id),
    advance: (ms) => sandbox().clock.advance(ms),
    setClock: (now) => sandbox().clock.set({ now }),
    reset: async () => sandbox().reset(),
  };
}

/** One sandbox beside its model: each step is put to both, and all that is answered is compared. */
export class Run<Call> {
  readonly target: Target;
  readonly model: Model<Call>;
  #waiting: Waiting[] = [];
  #order = 0;

  constructor(
    readonly spec: ModelSpec<Call>,
    readonly provider: Provider,
    target?: Target,
  ) {
    if (target === undefined) this.sandbox = new Sandbox('', startOf(spec, provider));
    this.target = target ?? sandboxTarget(spec.id, () => this.sandbox);
    this.model = spec.create(provider.variants, this.target.controlled);
  }

  /** The sandbox that is the target, if none was given. A test may replace it. */
  sandbox!: Sandbox;

  get now(): number {
    return this.target.now;
  }

  async step(step: Step<Call>): Promise<void> {
    switch (step.does) {
      case 'call':
        for (let i = 0; i < step.times; i++) await this.#call(step.call);
        break;
      case 'slow':
        await this.#slow(step.call, step.delayMs);
        break;
      case 'abort': {
        const [gone] = this.#waiting.splice(step.which % Math.max(1, this.#waiting.length), 1);
        await gone?.leave();
        gone?.admitted.left();
        if (gone) agree('dropped', (await gone.answer).drop, true);
        break;
      }
      case 'advance':
        await this.#move(
          this.now + step.ms,
          (until) => until,
          () => this.target.advance(step.ms),
        );
        break;
      case 'jump':
      case 'back': {
        const now = this.now + (step.does === 'jump' ? step.ms : -step.ms);
        await this.#move(
          now,
          () => now,
          () => this.target.setClock(now),
        );
        break;
      }
      case 'reset': {
        await this.target.reset();
        this.model.reset();
        // What was in flight ends at once, without an answer, and gives nothing back.
        for (const { answer, leave } of this.#waiting.splice(0)) {
          agree('ended by the reset', (await answer).drop, true);
          await leave();
        }
        break;
      }
      case 'control':
        this.model.control?.(this.target.controlled, step.what, step.amount, this.now);
        await this.target.settled();
        break;
    }
  }

  async #call(call: Call): Promise<void> {
    const { request, expected: told } = this.#arrive(call);
    const { answer, leave } = await this.#send(request);
    if (answer instanceof Promise) throw new Error('the answer should not have to wait');
    const expected = 'finish' in told ? told.finish(this.now) : told;
    compare(call, expected, answer);
    this.model.observe?.(call, answer);
    await leave();
    if ('finish' in told) told.left();
  }

  async #slow(call: Call, delayMs: number): Promise<void> {
    const { request, expected: told } = this.#arrive(call);
    const { force } = request;
    const fault = await this.target.addFault({
      times: 1,
      delayMs,
      ...(force === undefined ? {} : { status: force }),
    });
    const { answer, leave } = await this.#send({ ...request, force: undefined });
    const unused = await this.target.removeFault(fault);
    agree('a refused request uses up no fault', unused, !('finish' in told));
    if (!(answer instanceof Promise)) {
      compare(call, 'finish' in told ? told.finish(this.now) : told, answer);
      this.model.observe?.(call, answer);
      await leave();
      if ('finish' in told) told.left();
      return;
    }
    agree('only an admitted request waits', 'finish' in told, true);
    const until = this.now + delayMs;
    this.#waiting.push({ call, admitted: told as Admitted, until, order: this.#order++, answer, leave });
  }

  #arrive(call: Call): { request: Sent & { force?: number | undefined }; expected: Expected | Admitted } {
    return { request: this.spec.request(call, this.model), expected: this.model.arrive(call, this.now) };
  }

  #send(request: Sent & { force?: number | undefined }): ReturnType<Target['send']> {
    const { method, path, query = '', headers = {}, body, ip = '127.0.0.1', force } = request;
    const all = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    if (force !== undefined) all.set('prefer', `code=${force}`);
    if (body !== undefined && !all.has('content-type')) all.set('content-type', 'application/json');
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    return this.target.send({
      method,
      path,
      rawQuery: query,
      header: (name) => all.get(name.toLowerCase()),
      ip,
      body: ReceivedBody.of(text),
      rawHeaders: [...all].flat(),
    });
  }

  /** The model answers what becomes due, in order, at the instants at which the clock will show it; then the clock moves. */
  async #move(to: number, shownAt: (until: number) => number, move: () => Promise<unknown>): Promise<void> {
    const due = this.#waiting.filter(({ until }) => until <= to).sort((a, b) => a.until - b.until || a.order - b.order);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const one of due) one.expected = one.admitted.finish(Math.max(this.now, shownAt(one.until)));
    const moved = move();
    // Within one move no slot gets free: responses leave when all of them have been made.
    for (const { call, answer, expected, leave, admitted } of due) {
      compare(call, expected!, await answer);
      this.model.observe?.(call as Call, await answer);
      await leave();
      admitted.left();
    }
    await moved;
  }
}

function compare(call: unknown, expected: Expected, answer: Answer): void {
  compared.responses += 1;
  if (expected.refused ?? (answer.status === 429 || answer.status === 402)) compared.refusals += 1;
  const what = `${JSON.stringify(call)} → ${answer.status} ${JSON.stringify(answer.headers)} ${answer.body?.slice(0, 300)}; expected ${JSON.stringify(expected)}:`;
  agree(`${what} status`, answer.status, expected.status);
  const got = new Map(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    agree(`${what} ${name}`, got.get(name.toLowerCase()) ?? null, value);
  if (expected.body !== undefined) agree(`${what} body`, JSON.parse(String(answer.body ?? 'null')), expected.body);
  if (expected.parts) {
    const body = JSON.parse(String(answer.body ?? 'null')) as unknown;
    for (const [path, value] of Object.entries(expected.parts))
      agree(
        `${what} ${path}`,
        path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], body),
        value,
      );
  }
}
