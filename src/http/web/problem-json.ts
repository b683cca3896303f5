/**
 * Errors as RFC 9457 tells them: `application/problem+json`. What the control API answers, and what the server answers where no provider is concerned.
 * @module
 */

import type { Problem } from '../../sandbox/control/problem.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Answer } from '../../sandbox/exchange/answer.js';

export const PROBLEM_JSON = 'application/problem+json';

export interface ProblemDetails {
  /** `urn:mock429:problem:<code>`: stable, to be compared and not to be fetched. */
  readonly type: string;
  /** The code in words; the same for every problem of the type. */
  readonly title: string;
  readonly status: number;
  readonly code: string;
  /** What is wrong this time, and what to do. */
  readonly detail: string;
  /** Dotted path of the field at fault. */
  readonly field?: string;
}

export interface ProblemExtras {
  readonly field?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** @param code stable, lower-case words with hyphens: `unknown-policy` */
export function problemDetails(status: number, code: string, detail: string, field?: string): ProblemDetails {
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
  const details = { type: `urn:mock429:problem:${code}`, title, status, code, detail };
  return field === undefined || field === '' ? details : { ...details, field };
}

export function problemResponse(
  status: number,
  code: string,
  detail: string,
  { field, headers }: ProblemExtras = {},
): Response {
  const answer = problemAnswer(status, code, detail, { field, headers });
  return new Response(answer.body, answer);
}

export function problemAnswer(
  status: number,
  code: string,
  detail: string,
  { field, headers }: ProblemExtras = {},
): Answer {
  const body = JSON.stringify(problemDetails(status, code, detail, field));
  return { status, headers: { ...headers, 'Content-Type': PROBLEM_JSON }, body };
}

/** What a failure of mock429's own is answered with. */
export function internalError(error: unknown, log: WriteLog | undefined): Answer {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  log?.('warn', `failed to answer a request: ${stack ?? message}`);
  return problemAnswer(500, 'internal-error', `mock429 failed to answer this: ${message}. Please report it`);
}

/** The response for a call that a sandbox could not carry out. */
export function responseOf({ status, code, detail, field }: Problem): Response {
  return problemResponse(status, code, detail, { field });
}
