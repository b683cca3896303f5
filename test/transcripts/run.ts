/**
 * Plays a transcript against a mock whose clock stands still, and says where it does not come true.
 * @module
 */
import { createMock, type Mock } from '../../src/mock.js';
// A mock loads its control API at the first call, and a module takes more than turns of the event loop to come.
import '../../src/http/control/app.js';
import { connect, type Mode, type Outcome, type Pending, type Ready, type Send } from './client.js';
import { controlPath } from './control.js';
import { compareJson, mismatches } from './expect.js';
import {
  type Expectation,
  type Json,
  type JsonValue,
  type Scenario,
  type Sent,
  type Step,
  TranscriptError,
} from './scenario.js';
import { toldEvents } from './told.js';

/**
 * How often the event loop may turn until something must have happened. Nothing here waits for time to pass: what is awaited is done by this very process,
 * so it comes after a number of turns, however slow the machine.
 */
const MAX_TURNS = 20_000;

/** @throws TranscriptError */
export async function runScenario(scenario: Scenario, mode: Mode): Promise<void> {
  const { profile, variant, plan, set, compress, clock } = scenario.setup;
  const mock = await createMock({
    profile,
    variant,
    set,
    clock: { now: clock, frozen: true },
    ...(plan === undefined ? {} : { plan }),
    ...(compress === undefined ? {} : { compress }),
  });
  try {
    const player = new Player(scenario, mock, await connect(mock, mode), await connect(mock, 'in-process'));
    for (const step of scenario.steps) await player.play(step);
  } finally {
    await mock.close();
  }
}

interface Named extends Pending {
  /** As the server calls it while it is in flight. */
  readonly id: string | undefined;
  /** Events that were expected of it, if it is a stream. */
  told: number;
}

class Player {
  readonly #file: string;
  readonly #profile: string;
  readonly #mock: Mock;
  readonly #send: Send;
  readonly #sendUnseen: Send;
  readonly #named = new Map<string, Named>();
  readonly #kept = new Map<string, string>();
  #line = 0;

  /** @param sendUnseen sends requests whose answers no expectation looks at; in-process, because a socket takes most of the time of a long repetition */
  constructor({ file, setup }: Scenario, mock: Mock, send: Send, sendUnseen: Send) {
    this.#file = file;
    this.#profile = setup.profile;
    this.#mock = mock;
    this.#send = send;
    this.#sendUnseen = sendUnseen;
  }

  async play(step: Step): Promise<void> {
    this.#line = step.line;
    try {
      await this.#perform(step);
    } catch (error) {
      if (error instanceof TranscriptError) throw error;
      this.#fail((error as Error).message);
    }
  }

  async #perform(step: Step): Promise<void> {
    const mock = this.#mock;
    switch (step.kind) {
      case 'request':
        return this.#request(step.request);
      case 'await':
        return this.#check(step.expect, await this.#answer(this.#named.get(step.name)!, step.name));
      case 'abort':
        return this.#abort(step.name);
      case 'event':
        return this.#event(step.name, step.event);
      case 'advance':
        await mock.clock.advance(step.by);
        return;
      case 'clock':
        await mock.clock.set({ now: step.now });
        return;
      case 'reset':
        mock.reset();
        return;
      case 'account':
        mock.setAccount(this.#profile, step.account, step.change as Parameters<Mock['setAccount']>[2]);
        return;
      case 'fault':
        mock.faults.add(step.fault as Parameters<Mock['faults']['add']>[0]);
        return;
      case 'quota':
        mock.setQuota(step.change as Parameters<Mock['setQuota']>[0]);
        return;
      case 'quotas':
        return this.#quotas(step.bucket, step.found);
      case 'journal': {
        const newest = (mock.requests().at(-1) ?? null) as unknown as JsonValue;
        const difference = compareJson(step.entry, newest, false, 'journal');
        if (difference) this.#differ(difference.expected, difference.came);
        return;
      }
      case 'in-flight': {
        const fits = () => mock.inFlight().length === step.count;
        if (!(await turnUntil(fits))) this.#differ(`${step.count} in flight`, `${mock.inFlight().length} in flight`);
      }
    }
  }

  async #request(sent: Sent): Promise<void> {
    const { name, times, expect } = sent;
    const body = typeof sent.body === 'object' ? this.#kept.get(sent.body.kept) : sent.body;
    const request: Ready = { ...sent, body };
    for (let i = 1; i <= times; i++) {
      if (name !== undefined) {
        this.#named.set(times === 1 ? name : `${name}${i}`, await this.#underWay(request));
        continue;
      }
      // Expectations are about the last. The first goes the same way, the ones between them only count.
      const send = i === 1 || i === times ? this.#send : this.#sendUnseen;
      const outcome = await this.#answer(send(request), times === 1 ? 'it' : `number ${i} of ${times}`);
      if (i === times) this.#check(expect, outcome);
    }
  }

  /** Sends, and goes on once the server answers it or holds it. Of a call of the control API that is no stream nothing can be seen before its answer. */
  async #underWay(request: Ready): Promise<Named> {
    const before = new Set(this.#mock.inFlight().map(({ id }) => id));
    const pending = this.#send(request);
    const isStream = request.headers.some(([, value]) => value === 'text/event-stream');
    const isUnseen = !isStream && controlPath(request.target) !== undefined;
    let id: string | undefined;
    const there = await turnUntil(() => {
      id = this.#mock.inFlight().find((one) => !before.has(one.id))?.id;
      return id !== undefined || pending.begun || pending.outcome !== undefined || isUnseen;
    });
    if (!there) this.#fail(`${request.method} ${request.target} was neither admitted nor answered`);
    return Object.assign(pending, { id, told: 0 });
  }

  async #event(name: string, expected: Json): Promise<void> {
    const stream = this.#named.get(name)!;
    let events: Json[] = [];
    await turnUntil(() => {
      events = toldEvents(stream.text);
      return events.length > stream.told || stream.outcome !== undefined;
    });
    const next = events[stream.told++] ?? null;
    const difference = compareJson(expected, next, false, 'event');
    if (difference) this.#differ(difference.expected, `${difference.came}\n    in ${JSON.stringify(next)}`);
  }

  async #answer(pending: Pending, what: string): Promise<Outcome> {
    if (await turnUntil(() => pending.outcome !== undefined)) return pending.outcome!;
    return this.#fail(
      `${what} got no answer; the clock stands at ${this.#mock.clock.read().now} (advance it, or send \`as\`)`,
    );
  }

  async #abort(name: string): Promise<void> {
    const pending = this.#named.get(name)!;
    if (pending.outcome) this.#fail(`${name} has its answer already`);
    pending.abort();
    const gone = () => pending.outcome !== undefined && !this.#mock.inFlight().some(({ id }) => id === pending.id);
    if (!(await turnUntil(gone))) this.#fail(`${name} is still in flight, although its client has gone`);
  }

  #quotas(bucket: JsonValue, found: boolean): void {
    const live = this.#mock.quotas();
    const some = live.some((one) => !compareJson(bucket, one as unknown as JsonValue, false, ''));
    if (some === found) return;
    const shown = live.length === 0 ? 'no live bucket' : live.map((one) => JSON.stringify(one)).join('\n           ');
    this.#differ(`${found ? 'a' : 'no'} live bucket with ${JSON.stringify(bucket)}`, shown);
  }

  #check(expected: readonly Expectation[], outcome: Outcome): void {
    const found = mismatches(expected, outcome, this.#kept);
    if (found.length === 0) return;
    const lines = found.map(({ line, expected: wanted, came }) => `line ${line}: ${difference(wanted, came)}`);
    throw new TranscriptError(this.#file, found[0]!.line, [...lines, whole(outcome)].join('\n  '));
  }

  #differ(expected: string, came: string): never {
    return this.#fail(difference(expected, came));
  }

  #fail(problem: string): never {
    throw new TranscriptError(this.#file, this.#line, problem);
  }
}

function difference(expected: string, came: string): string {
  return `not as expected\n    expected ${expected}\n    came     ${came}`;
}

function whole(outcome: Outcome): string {
  if (outcome.kind === 'closed') return `the connection ended: ${outcome.why}`;
  const headers = [...outcome.headers].map(([name, value]) => `    ${name}: ${value}`);
  return [`the whole answer: ${outcome.status}`, ...headers, `    ${outcome.text.slice(0, 2_000)}`].join('\n');
}

async function turnUntil(holds: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (holds()) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return holds();
}
