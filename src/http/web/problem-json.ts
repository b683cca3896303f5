/**
 * Error responses as RFC 9457 defines them: `application/problem+json`. The control API sends them, and so does the server for requests that reach no provider.
 * @module
 */

import type { Problem } from '../../sandbox/control/problem.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';

/** Media type of error responses (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** Body of an error response. */
export interface ProblemDetails {
  /** `urn:mock429:problem:<code>`: a stable identifier to compare, not a URL to fetch. */
  readonly type: string;
  /** The code in words; equal for all problems of the type. */
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  /** What is wrong, and how to fix it. */
  readonly detail: string;
  /** Dotted path of the invalid field. */
  readonly field?: string;
}

/** Optional parts of an error response. */
export interface ProblemExtras {
  /** Dotted path of the invalid field. */
  readonly field?: string | undefined;
  /** Additional response headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Creates the body of an error response. @param code stable, lower-case words with hyphens: `unknown-policy` */
export function problemDetails(status: number, code: string, detail: string, field?: string): ProblemDetails {
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
  const details = { type: `urn:mock429:problem:${code}`, title, status, code, detail };
  return field === undefined || field === '' ? details : { ...details, field };
}

/** An error as a web response. */
export function problemResponse(
  status: number,
  code: string,
  detail: string,
  { field, headers }: ProblemExtras = {},
): Response {
  const answer = problemAnswer(status, code, detail, { field, headers });
  return new Response(answer.body, answer);
}

/** An error as an answer for the socket. */
export function problemAnswer(
  status: number,
  code: string,
  detail: string,
  { field, headers }: ProblemExtras = {},
): Answer {
  const body = JSON.stringify(problemDetails(status, code, detail, field));
  return { status, headers: { ...headers, 'Content-Type': PROBLEM_JSON }, body };
}

/** The answer to a request that failed by an error of mock429 itself. The error is logged. */
export function internalError(error: unknown, log: WriteLog | undefined): Answer {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  log?.('warn', `failed to answer a request: ${stack ?? message}`);
  return problemAnswer(500, 'internal-error', `mock429 failed to answer this: ${message}. Please report it`);
}

/** The response to a call that a sandbox has refused. */
export function responseOf({ status, code, detail, field }: Problem): Response {
  return problemResponse(status, code, detail, { field });
}
