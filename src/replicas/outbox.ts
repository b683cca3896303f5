/**
 * What a replica has to append to the log, and who waits for it.
 * @module
 */
import type { StoreFailure } from '../http/replicator.js';
import { Problem } from '../sandbox/control/problem.js';
import type { Port } from '../sandbox/core.js';
import type { Input } from './inputs.js';
import type { Origin } from './state-machine.js';

/** Something that waits for its place in the log. */
export interface Queued extends Origin {
  readonly input: Input;
}

/** What is being appended. */
export interface Pending {
  items: readonly Queued[];
  payload: string;
  /** The member as which it was sent, if that is not the present one. */
  member?: number;
}

/** No inputs. */
export const NOTHING: readonly Queued[] = [];

/** Characters of one append, roughly. */
const MAX_APPEND_CHARS = 1_000_000;

/** Takes what fits into one append from the head of the queue. */
export function takeBatch(queue: Queued[]): Pending {
  if (queue.length === 0) return { items: NOTHING, payload: '' };
  const texts: string[] = [];
  let chars = 0;
  while (texts.length < queue.length && chars < MAX_APPEND_CHARS) {
    const text = JSON.stringify(queue[texts.length]!.input);
    chars += text.length;
    texts.push(text);
  }
  return { items: queue.splice(0, texts.length), payload: `[${texts.join(',')}]` };
}

/** Tells whoever waits for an input that it failed. @returns whether somebody does */
export function fail({ own, caller }: Queued, failure: StoreFailure): boolean {
  own?.receiver.failed(failure);
  caller?.reject(problemOf(failure));
  return own !== undefined || caller !== undefined;
}

/** The error of a call of the control API while the store does not work. */
export function problemOf({ detail }: StoreFailure): Problem {
  return new Problem(503, 'store-unavailable', detail);
}

/** The port of a request whose client has been answered by an error. */
const GONE: Port = {
  lost: true,
  onDone: (listener) => listener(),
};

/** An input of which nobody waits for the result. If it is a request, and is in the log, it ends at once. */
export function withoutClient({ input, own }: Queued): Queued {
  const nobody = { handled() {}, failed() {}, broken() {} };
  return own ? { input, own: { ...own, port: GONE, receiver: nobody } } : { input };
}
