/**
 * Rate-limit headers: from how policies stand at the moment of sending to the provider's names and formats.
 * @module
 */
import type { Outcome, RequestFacts } from '../facts.js';
import { type Condition, compileCondition, type Predicate } from '../matching.js';
import { digits } from './digits.js';
import { type FormatName, formats } from './formats.js';
import { headerText } from './header-text.js';
import { compileTemplate, type Scope } from './template.js';

export interface HeaderRule {
  /** The policy, or several: `tightest` of them is reported. */
  readonly policy?: string | readonly string[] | undefined;
  readonly value?: HeaderValue | undefined;
  readonly format?: FormatName | undefined;
  /** A template, in place of `policy` and `value`. */
  readonly text?: string | undefined;
  readonly on: 'every-response' | 'refusal' | 'success';
  readonly when?: Condition | undefined;
  /** Only when the share of the quota that is left is below this (0–1). */
  readonly below?: number | undefined;
}

export type HeaderValue =
  | 'limit'
  | 'remaining'
  | 'used'
  | 'reset'
  | 'retry-after'
  | 'policy'
  | 'window-seconds'
  | 'ratelimit'
  | 'ratelimit-policy';

/** One policy as a response reports it; amounts in the profile's own units. */
export interface Report {
  readonly policy: string;
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: number | null;
  readonly windowSeconds: number;
  readonly unit: string;
  readonly partition: string;
}

export interface HeaderContext {
  /** `undefined` where the policy has nothing to say about the request. */
  report(policy: string): Report | undefined;
  readonly refused: boolean;
  /** Whole seconds to wait, on refusals that know it. */
  readonly retryAfter: number | undefined;
  /** The instant behind `retryAfter`. */
  readonly retryAt: number | undefined;
  readonly facts: RequestFacts;
  readonly outcome: Outcome;
  readonly now: number;
  readonly scope: Scope;
  /** Hears of each report whose remaining units a header tells. */
  tell?(report: Report): void;
}

export type HeaderWriter = (context: HeaderContext, headers: Record<string, string>) => void;

/** All the profile's headers in one function. */
export function compileHeaders(rules: Readonly<Record<string, HeaderRule>>): HeaderWriter {
  const writers = Object.entries(rules).map(([name, rule]) => {
    const shown = compileShown(rule);
    const value = compileValue(rule);
    return (context: HeaderContext, headers: Record<string, string>) => {
      if (!shown(context)) return;
      const text = value(context);
      if (text !== undefined) headers[name] = text;
    };
  });
  return (context, headers) => {
    for (const write of writers) write(context, headers);
  };
}

function compileShown(rule: HeaderRule): (context: HeaderContext) => boolean {
  const when: Predicate = compileCondition(rule.when);
  return ({ refused, facts, outcome }) => {
    if (rule.on === 'refusal' && !refused) return false;
    if (rule.on === 'success' && (refused || outcome.status >= 400)) return false;
    return when(facts, outcome);
  };
}

function compileValue(rule: HeaderRule): (context: HeaderContext) => string | undefined {
  if (rule.text !== undefined) {
    const template = compileTemplate(rule.text);
    return ({ scope, now }) => {
      const text = written(template.render(scope, now));
      return text === undefined ? undefined : headerText(text);
    };
  }
  const { value = 'limit', format, below } = rule;
  if (value === 'retry-after') return ({ retryAfter, retryAt, now }) => retryText(retryAfter, retryAt, format, now);
  const ids = typeof rule.policy === 'string' ? [rule.policy] : (rule.policy ?? []);
  if (value === 'ratelimit' || value === 'ratelimit-policy') {
    return (context) => {
      const items = ids.map((id) => context.report(id)).filter((report) => report !== undefined);
      const item = value === 'ratelimit' ? rateLimitItem : policyItem;
      if (value === 'ratelimit') for (const report of items) context.tell?.(report);
      return items.length > 0 ? items.map((report) => item(report, context.now)).join(', ') : undefined;
    };
  }
  const read = compileAmount(value, format);
  return (context) => {
    const report = ids.length === 1 ? context.report(ids[0]!) : tightest(ids, context);
    if (!report) return undefined;
    if (below !== undefined && report.remaining >= below * report.limit) return undefined;
    if (value === 'remaining') context.tell?.(report);
    return written(read(report, context.now));
  };
}

function compileAmount(
  value: HeaderValue,
  format: FormatName = 'epoch-seconds',
): (report: Report, now: number) => unknown {
  switch (value) {
    case 'reset':
      return ({ resetAt }, now) => (resetAt === null ? undefined : formats[format](resetAt, now));
    case 'window-seconds':
      return ({ windowSeconds }) => windowSeconds;
    case 'policy':
      return ({ policy }) => policy;
    case 'used':
      return ({ used }) => used;
    case 'remaining':
      return ({ remaining }) => remaining;
    default:
      return ({ limit }) => limit;
  }
}

function retryText(
  seconds: number | undefined,
  at: number | undefined,
  format: FormatName | undefined,
  now: number,
): string | undefined {
  if (seconds === undefined) return undefined;
  if (format === undefined || format === 'delta-seconds' || at === undefined) return String(seconds);
  return String(formats[format](at, now));
}

/** The policy with the smallest share left. */
function tightest(ids: readonly string[], context: HeaderContext): Report | undefined {
  let least: Report | undefined;
  for (const id of ids) {
    const report = context.report(id);
    if (report && (!least || report.remaining / report.limit < least.remaining / least.limit)) least = report;
  }
  return least;
}

/** draft-ietf-httpapi-ratelimit-headers: `"name";r=50;t=30`. */
function rateLimitItem({ policy, remaining, resetAt }: Report, now: number): string {
  return `"${policy}";r=${digits(remaining)}${resetAt === null ? '' : `;t=${formats['delta-seconds'](resetAt, now)}`}`;
}

/** draft-ietf-httpapi-ratelimit-headers: `"name";q=100;w=60;qu="requests"`. */
function policyItem({ policy, limit, windowSeconds, unit }: Report): string {
  return `"${policy}";q=${limit}${windowSeconds > 0 ? `;w=${windowSeconds}` : ''}${unit === 'requests' ? '' : `;qu="${unit}"`}`;
}

function written(value: unknown): string | undefined {
  if (typeof value === 'number') return digits(value);
  return value === undefined || value === null ? undefined : String(value);
}
