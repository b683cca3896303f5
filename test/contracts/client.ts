/**
 * A sandbox with one provider, a frozen clock, and a client that sends plain requests to it.
 * @module
 */
import { ReceivedBody } from '../../src/openapi/request/body/received.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import type { Quota } from '../../src/sandbox/control/quotas.js';
import type { Answer } from '../../src/sandbox/exchange/answer.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';
import type { JournalDecision, JournalEntry } from '../../src/state/journal/entry.js';
import { credential, type KeyFamily, type Plain } from './requests.js';

/** Some way into every window of the clock. */
export const START = Date.parse('2026-05-12T08:17:23.456Z');

/** A response, and the journal entry of its request. */
export interface Got {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parsed from JSON; `undefined` where there is none. */
  readonly body: unknown;
  readonly entry: JournalEntry;
  /** What the policy said of the request; `undefined` where it was not asked. */
  decision(policy: string): JournalDecision | undefined;
  /** Lets the response leave. */
  leave(): void;
}

/** How a request differs from the plain one. */
export interface SendOptions {
  /** Which of the family's keys. */
  readonly key?: 0 | 1 | 2;
  /** The address from which it comes; `127.0.0.1` when left out. */
  readonly ip?: string;
  /** The status that `Prefer: code=` asks for. */
  readonly force?: number;
  /** The response is not taken off yet, so the request stays in flight. */
  readonly hold?: boolean;
}

/** Sends a plain request again and again. The first two keys are of the default account, the third of another. */
export class Client {
  readonly sandbox: Sandbox;

  constructor(
    readonly provider: Provider,
    readonly plain: Plain,
    readonly family: KeyFamily | undefined,
    now = START,
  ) {
    this.sandbox = new Sandbox('', {
      providers: [provider],
      plans: {},
      clock: { frozen: true, now },
      log: () => {},
      deliver: async () => ({ status: 200 }),
    });
    // The third key is somebody else's.
    if (family) this.sandbox.setAccount(provider.id, 'somebody-else', { keys: [family.keys[2]] });
  }

  /** The instant at which the clock stands, in epoch milliseconds. */
  get now(): number {
    return this.sandbox.clock.now();
  }

  /** Sends the request, and lets the response leave unless `hold` is set. */
  send(
    { key = 0, ip = '127.0.0.1', force, hold = false }: SendOptions = {},
    plain = this.plain,
    family = this.family,
  ): Got {
    const headers = new Map(Object.entries(plain.headers));
    let rawQuery = plain.query;
    if (family) {
      const shown = credential(this.provider, family.kind, family.keys[key]);
      if (shown.header) headers.set(...shown.header);
      else {
        const query = new URLSearchParams(plain.query);
        query.set(...shown.query!);
        rawQuery = query.toString();
      }
    }
    if (force !== undefined) headers.set('prefer', `code=${force}`);
    const done: (() => void)[] = [];
    const answer = this.sandbox.handle(
      this.provider.id,
      {
        method: plain.method,
        path: plain.path,
        rawQuery,
        header: (name) => headers.get(name.toLowerCase()),
        ip,
        body: ReceivedBody.of(plain.body),
      },
      { onDone: (listener) => done.push(listener) },
    ) as Answer;
    const leave = () => {
      for (const listener of done.splice(0)) listener();
    };
    if (!hold) leave();
    const { journal } = this.sandbox;
    const row = journal.ring.next - 1;
    // Reading an answer and its entry takes longer than the request, and most are never looked at.
    return {
      status: answer.status,
      get headers() {
        return new Map(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
      },
      get body() {
        return answer.body === null ? undefined : JSON.parse(String(answer.body));
      },
      get entry() {
        return journal.entry(row)!;
      },
      decision: (policy) => journal.entry(row)!.decisions.find((one) => one.policy === policy),
      leave,
    };
  }

  /** The live bucket of the policy that the first key fills. */
  bucket(policy: string): Quota | undefined {
    return this.sandbox.quotas({ policy, limit: 1 })[0];
  }

  /** Sets quotas of the default account, by policy. */
  quotas(quotas: Record<string, number>): void {
    const { accounts } = this.provider.profile;
    if (Object.keys(quotas).length > 0) this.sandbox.setAccount(this.provider.id, accounts.default, { quotas });
  }

  /** Sets the clock. @param now epoch milliseconds */
  set(now: number): void {
    void this.sandbox.clock.set({ now });
  }
}
