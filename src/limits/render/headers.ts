/**
 * Rate-limit headers: from how policies stand at the moment of sending to the provider's names and formats.
 * @module
 */
import type { Outcome, RequestFacts } from '../facts.js';
import { type Condition, compileCondition, type Predicate } from '../matching.js';
import { digits } from './digits.js';
import { type FormatName, formats, statedInstant } from './formats.js';
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
export interface PolicyStatus {
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
  status(policy: string): PolicyStatus | undefined;
  readonly refused: boolean;
  /** Whole seconds to wait, on refusals that know it. */
  readonly retryAfter: number | undefined;
  /** The instant behind `retryAfter`. */
  readonly retryAt: number | undefined;
  readonly facts: RequestFacts;
  readonly outcome: Outcome;
  readonly now: number;
  readonly scope: Scope;
  /** Hears of each status whose remaining units a header tells. */
  reportQuota?(status: PolicyStatus): void;
  /** Hears of each instant (epoch ms, as a client reads it) that a header other than `Retry-After` tells a refused client to come back at. */
  reportWait?(at: number): void;
  /** Hears of each instant at which a header tells that a policy resets. */
  reportReset?(policy: string, at: number): void;
}

export type HeaderWriter = (context: HeaderContext, headers: Record<string, string>) => void;

/** All the profile's headers in one function. */
export function compileHeaders(rules: Readonly<Record<string, HeaderRule>>): HeaderWriter {
  const writers = Object.entries(rules).map(([name, rule]) => {
    const shown = compileShown(rule);
    const value = compileValue(rule, name.toLowerCase() === 'retry-after');
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

/** @param isRetryAfter the header is `Retry-After` itself, which is read from what is sent */
function compileValue(rule: HeaderRule, isRetryAfter: boolean): (context: HeaderContext) => string | undefined {
  if (rule.text !== undefined) return compileTextValue(rule.text);
  const { value = 'limit', format, below } = rule;
  if (value === 'retry-after')
    return (context) => {
      const { retryAfter, retryAt, now } = context;
      if (retryAfter !== undefined && !isRetryAfter)
        context.reportWait?.(waitInstant(retryAfter, retryAt, format, now));
      return retryText(retryAfter, retryAt, format, now);
    };
  const ids = typeof rule.policy === 'string' ? [rule.policy] : (rule.policy ?? []);
  if (value === 'ratelimit' || value === 'ratelimit-policy') {
    return (context) => {
      const items = ids.map((id) => context.status(id)).filter((status) => status !== undefined);
      const item = value === 'ratelimit' ? rateLimitItem : policyItem;
      if (value === 'ratelimit')
        for (const status of items) {
          context.reportQuota?.(status);
          if (status.resetAt !== null)
            context.reportReset?.(status.policy, statedInstant('delta-seconds', status.resetAt, context.now));
        }
      return items.length > 0 ? items.map((status) => item(status, context.now)).join(', ') : undefined;
    };
  }
  const read = compileAmount(value, format);
  return (context) => {
    const status = ids.length === 1 ? context.status(ids[0]!) : tightest(ids, context);
    if (!status) return undefined;
    if (below !== undefined && status.remaining >= below * status.limit) return undefined;
    if (value === 'remaining' || value === 'used') context.reportQuota?.(status);
    if (value === 'reset' && status.resetAt !== null)
      context.reportReset?.(status.policy, statedInstant(format ?? 'epoch-seconds', status.resetAt, context.now));
    return written(read(status, context.now));
  };
}

/** A template, with what it tells of policies. */
function compileTextValue(text: string): (context: HeaderContext) => string | undefined {
  const template = compileTemplate(text);
  const amounts = template.paths.filter(([root, , name]) => root === 'policies' && REMAINING.has(name ?? ''));
  const stamps = template.stamps.filter(({ path: [root] }) => root === 'policies');
  return (context) => {
    const { scope, now } = context;
    for (const [, policy] of amounts) {
      const status = context.status(policy!);
      if (status) context.reportQuota?.(status);
    }
    for (const { path, format } of stamps) {
      const status = context.status(path[1]!);
      if (status && status.resetAt !== null)
        context.reportReset?.(status.policy, statedInstant(format, status.resetAt, now));
    }
    const text = written(template.render(scope, now));
    return text === undefined ? undefined : headerText(text);
  };
}

/** Fields of a status that tell how much is left. */
const REMAINING: ReadonlySet<string> = new Set(['remaining', 'used']);

/** The instant that `retryText` states. */
function waitInstant(seconds: number, at: number | undefined, format: FormatName | undefined, now: number): number {
  if (format === undefined || format === 'delta-seconds' || at === undefined) return now + seconds * 1_000;
  return statedInstant(format, at, now);
}

function compileAmount(
  value: HeaderValue,
  format: FormatName = 'epoch-seconds',
): (status: PolicyStatus, now: number) => unknown {
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
function tightest(ids: readonly string[], context: HeaderContext): PolicyStatus | undefined {
  let least: PolicyStatus | undefined;
  for (const id of ids) {
    const status = context.status(id);
    if (status && (!least || status.remaining / status.limit < least.remaining / least.limit)) least = status;
  }
  return least;
}

/** draft-ietf-httpapi-ratelimit-headers: `"name";r=50;t=30`. */
function rateLimitItem({ policy, remaining, resetAt }: PolicyStatus, now: number): string {
  return `"${policy}";r=${digits(remaining)}${resetAt === null ? '' : `;t=${formats['delta-seconds'](resetAt, now)}`}`;
}

/** draft-ietf-httpapi-ratelimit-headers: `"name";q=100;w=60;qu="requests"`. */
function policyItem({ policy, limit, windowSeconds, unit }: PolicyStatus): string {
  return `"${policy}";q=${limit}${windowSeconds > 0 ? `;w=${windowSeconds}` : ''}${unit === 'requests' ? '' : `;qu="${unit}"`}`;
}

function written(value: unknown): string | undefined {
  if (typeof value === 'number') return digits(value);
  return value === undefined || value === null ? undefined : String(value);
}
