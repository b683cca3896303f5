/**
 * What the player of transcripts plays against: a mock in this process, by its methods, or a server that is reached over HTTP alone.
 * @module
 */
import { CONTROL_PATH } from '../../src/http/routing.js';
import type { Mock } from '../../src/mock.js';
import { connect, connectUnseen, type Mode, type Send } from './client.js';
import type { Json, JsonValue } from './scenario.js';

/** What is played against. */
export interface Subject {
  /** Sends a request as its clients do. */
  readonly send: Send;
  /** Sends a request whose answer no expectation looks at, in the quickest way. */
  readonly sendUnseen: Send;
  advance(by: string): Promise<void>;
  setClock(now: string): Promise<void>;
  /** The time of the clock: ISO 8601. */
  now(): Promise<string>;
  reset(): Promise<void>;
  setAccount(profile: string, account: string, change: Json): Promise<void>;
  addFault(fault: Json): Promise<void>;
  setQuota(change: Json): Promise<void>;
  quotas(): Promise<JsonValue[]>;
  /** The newest entry of the journal; `null` if it is empty. */
  newestEntry(): Promise<JsonValue>;
  /** Names of the requests in flight. */
  inFlight(): Promise<string[]>;
}

/** A mock in this process. */
export async function mockSubject(mock: Mock, mode: Mode): Promise<Subject> {
  return {
    send: await connect(mock, mode),
    // In-process, because a socket takes most of the time of a long repetition.
    sendUnseen: connectUnseen(mock),
    async advance(by) {
      await mock.clock.advance(by);
    },
    async setClock(now) {
      await mock.clock.set({ now });
    },
    now: async () => mock.clock.read().now,
    reset: async () => mock.reset(),
    async setAccount(profile, account, change) {
      mock.setAccount(profile, account, change as Parameters<Mock['setAccount']>[2]);
    },
    async addFault(fault) {
      mock.faults.add(fault as unknown as Parameters<Mock['faults']['add']>[0]);
    },
    async setQuota(change) {
      mock.setQuota(change as unknown as Parameters<Mock['setQuota']>[0]);
    },
    quotas: async () => mock.quotas() as unknown as JsonValue[],
    newestEntry: async () => (mock.requests().at(-1) ?? null) as unknown as JsonValue,
    inFlight: async () => mock.inFlight().map(({ id }) => id),
  };
}

/** A server, or several that are one. @param base returns the URL to which the next request goes */
export function serverSubject(base: () => string, send: Send): Subject {
  const call = async (method: string, path: string, body?: JsonValue): Promise<Json> => {
    const response = await fetch(`${base()}${CONTROL_PATH}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Json;
    if (!response.ok) throw new Error(`${answer.field === undefined ? '' : `${answer.field}: `}${answer.detail}`);
    return answer;
  };
  return {
    send,
    sendUnseen: send,
    async advance(by) {
      await call('POST', '/clock/advance', { duration: by });
    },
    async setClock(now) {
      await call('PUT', '/clock', { now });
    },
    now: async () => String((await call('GET', '/clock')).now),
    async reset() {
      await call('POST', '/reset', {});
    },
    async setAccount(profile, account, change) {
      await call('PUT', `/accounts/${encodeURIComponent(profile)}/${encodeURIComponent(account)}`, change);
    },
    async addFault(fault) {
      await call('POST', '/faults', fault);
    },
    async setQuota(change) {
      await call('PUT', '/quotas', change);
    },
    quotas: async () => (await call('GET', '/quotas')).quotas as JsonValue[],
    newestEntry: async () => ((await call('GET', '/requests?limit=1')).requests as JsonValue[])[0] ?? null,
    inFlight: async () => ((await call('GET', '/in-flight')).inFlight as Json[]).map(({ id }) => String(id)),
  };
}
