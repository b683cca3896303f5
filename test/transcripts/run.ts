/**
 * Plays a transcript against a mock whose clock stands still, and says where it does not come true.
 * @module
 */
import { createMock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';
// A mock loads its control API at the first call, and a module takes more than turns of the event loop to come.
import '../../src/http/control/app.js';
import type { Mode, Outcome, Pending, Ready } from './client.js';
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
import { mockSubject, type Subject } from './subject.js';
import { toldEvents } from './told.js';

/**
 * How often the event loop may turn until something must have happened. Nothing here waits for time to pass: what is awaited is done by this very process,
 * so it comes after a number of turns, however slow the machine.
 */
const MAX_TURNS = 20_000;

/** @throws TranscriptError */
export async function runScenario(scenario: Scenario, mode: Mode): Promise<void> {
  const mock = await createMock(optionsOf(scenario));
  try {
    await playScenario(scenario, await mockSubject(mock, mode));
  } finally {
    await mock.close();
  }
}

/** What a scenario serves, and when. */
export function optionsOf({ setup: { profile, variant, plan, set, compress, clock } }: Scenario): MockOptions {
  return {
    profile,
    variant,
    set,
    clock: { now: clock, frozen: true },
    ...(plan === undefined ? {} : { plan }),
    ...(compress === undefined ? {} : { compress }),
  };
}

/** Plays a scenario against what has been started with its options. @throws TranscriptError */
export async function playScenario(scenario: Scenario, subject: Subject): Promise<void> {
  const player = new Player(scenario, subject);
  for (const step of scenario.steps) await player.play(step);
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
  readonly #subject: Subject;
  readonly #named = new Map<string, Named>();
  readonly #kept = new Map<string, string>();
  #line = 0;

  constructor({ file, setup }: Scenario, subject: Subject) {
    this.#file = file;
    this.#profile = setup.profile;
    this.#subject = subject;
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
    const subject = this.#subject;
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
        return subject.advance(step.by);
      case 'clock':
        return subject.setClock(step.now);
      case 'reset':
        return subject.reset();
      case 'account':
        return subject.setAccount(this.#profile, step.account, step.change);
      case 'fault':
        return subject.addFault(step.fault);
      case 'quota':
        return subject.setQuota(step.change);
      case 'quotas':
        return this.#quotas(step.bucket, step.found);
      case 'journal': {
        const difference = compareJson(step.entry, await subject.newestEntry(), false, 'journal');
        if (difference) this.#differ(difference.expected, difference.came);
        return;
      }
      case 'in-flight': {
        let count = -1;
        const fits = async () => {
          count = (await subject.inFlight()).length;
          return count === step.count;
        };
        if (!(await turnUntil(fits))) this.#differ(`${step.count} in flight`, `${count} in flight`);
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
      const send = i === 1 || i === times ? this.#subject.send : this.#subject.sendUnseen;
      const outcome = await this.#answer(send(request), times === 1 ? 'it' : `number ${i} of ${times}`);
      if (i === times) this.#check(expect, outcome);
    }
  }

  /** Sends, and goes on once the server answers it or holds it. Of a call of the control API that is no stream nothing can be seen before its answer. */
  async #underWay(request: Ready): Promise<Named> {
    const before = new Set(await this.#subject.inFlight());
    const pending = this.#subject.send(request);
    const isStream = request.headers.some(([, value]) => value === 'text/event-stream');
    const isUnseen = !isStream && controlPath(request.target) !== undefined;
    let id: string | undefined;
    const there = await turnUntil(async () => {
      id = (await this.#subject.inFlight()).find((one) => !before.has(one));
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
    const now = await this.#subject.now();
    return this.#fail(`${what} got no answer; the clock stands at ${now} (advance it, or send \`as\`)`);
  }

  async #abort(name: string): Promise<void> {
    const pending = this.#named.get(name)!;
    if (pending.outcome) this.#fail(`${name} has its answer already`);
    pending.abort();
    const gone = async () =>
      pending.outcome !== undefined && !(await this.#subject.inFlight()).some((id) => id === pending.id);
    if (!(await turnUntil(gone))) this.#fail(`${name} is still in flight, although its client has gone`);
  }

  async #quotas(bucket: JsonValue, found: boolean): Promise<void> {
    const live = await this.#subject.quotas();
    const some = live.some((one) => !compareJson(bucket, one, false, ''));
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

async function turnUntil(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (await holds()) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return holds();
}
