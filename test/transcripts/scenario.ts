/**
 * What a transcript says, once it has been read.
 * @module
 */

/** A whole transcript. */
export interface Scenario {
  /** As it is shown in messages. */
  readonly file: string;
  /** One line that says what is shown. */
  readonly title: string;
  /** Ids of the profile's claims that it proves. */
  readonly claims: readonly string[];
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

/** What is served, and when the clock stands. */
export interface Setup {
  readonly profile: string;
  readonly variant: readonly string[];
  readonly plan: string | undefined;
  readonly set: readonly string[];
  readonly compress: number | undefined;
  /** ISO 8601. */
  readonly clock: string;
}

/** An action, and the line on which it begins, from 1. */
export type Step = { readonly line: number } & Action;

/** What is done in a step: a request or the end of one, a call of the control API, or a look at the state. */
export type Action =
  | { readonly kind: 'request'; readonly request: Sent }
  | { readonly kind: 'await'; readonly name: string; readonly expect: Expectation[] }
  | { readonly kind: 'abort'; readonly name: string }
  /** The next event of a stream must contain it. */
  | { readonly kind: 'event'; readonly name: string; readonly event: Json }
  | { readonly kind: 'advance'; readonly by: string }
  | { readonly kind: 'clock'; readonly now: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'account'; readonly account: string; readonly change: Json }
  | { readonly kind: 'fault'; readonly fault: Json }
  | { readonly kind: 'quota'; readonly change: Json }
  /** `found`: whether a live bucket must contain it, or none may. */
  | { readonly kind: 'quotas'; readonly found: boolean; readonly bucket: Json }
  /** The newest entry must contain it. */
  | { readonly kind: 'journal'; readonly entry: Json }
  | { readonly kind: 'in-flight'; readonly count: number };

/** A request to send, and what is expected of its answer. */
export interface Sent {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: (readonly [name: string, value: string])[];
  body: string | Kept | undefined;
  /** How many times it is sent. */
  readonly times: number;
  /** Set when the answer is not waited for. */
  readonly name: string | undefined;
  /** Of the last of them. */
  readonly expect: Expectation[];
}

/** The body of an answer that came before, to be sent or to come again, byte for byte. */
export interface Kept {
  readonly kept: string;
}

/** One line that begins with `<`. */
export type Expectation = { readonly line: number } & (
  | { readonly kind: 'status'; readonly status: number }
  /** The connection ended without an answer. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'header'; readonly name: string; readonly value: string | RegExp }
  | { readonly kind: 'absent'; readonly name: string }
  | { readonly kind: 'body'; readonly value: JsonValue; readonly exact: boolean }
  | { readonly kind: 'no body' }
  /** The body is kept under a name. */
  | { readonly kind: 'keep'; readonly name: string }
  /** The body is the one that was kept. */
  | { readonly kind: 'kept'; readonly name: string }
);

/** A value of JSON. In expectations a string between slashes is a regular expression. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | Json;

/** An object of JSON. */
export type Json = { readonly [key: string]: JsonValue };

/** Says what is wrong with the line that is being read. */
export type Fail = (problem: string) => never;

/** A transcript that cannot be read, or that does not come true. */
export class TranscriptError extends Error {
  override name = 'TranscriptError';

  constructor(
    readonly file: string,
    readonly line: number,
    readonly problem: string,
  ) {
    super(`${file}:${line}: ${problem}`);
  }
}
