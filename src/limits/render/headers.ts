/**
 * Rate-limit headers: the status of policies at the moment of sending, in the provider's names and formats.
 * @module
 */
import type { Outcome, RequestFacts } from '../facts.js';
import { type Condition, compileCondition, type Predicate } from '../rules/matching.js';
import { digits } from './digits.js';
import { type FormatName, formats, statedInstant } from './formats.js';
import { headerText } from './header-text.js';
import { compileTemplate, type Scope } from './template.js';

/** A header of the profile. */
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

/** The values that a header can report of a policy, with what each is; the profile's schema shows it in editors. */
export const HEADER_VALUES = {
  limit: 'the quota',
  remaining: 'units left',
  used: 'units taken',
  reset: 'when the window resets, in the given format',
  'retry-after': 'when to come back, on refusals',
  policy: "the policy's id",
  'window-seconds': "the window's length in seconds",
  ratelimit: 'the RateLimit field of draft-ietf-httpapi-ratelimit-headers: "id";r=50;t=30',
  'ratelimit-policy': 'the RateLimit-Policy field of the same draft: "id";q=100;w=60',
} as const;

/** The name of a value that a header can report. */
export type HeaderValue = keyof typeof HEADER_VALUES;

/** The names of all header values. */
export const HEADER_VALUE_NAMES = Object.keys(HEADER_VALUES) as [HeaderValue, ...HeaderValue[]];

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

/** What the headers of one response are computed from. */
export interface HeaderContext {
  /** The status of a policy; `undefined` if the policy does not apply to the request. */
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
  /** Called for each policy whose remaining units a header reports. */
  reportQuota?(status: PolicyStatus): void;
  /** Called for each instant (epoch ms, as a client reads it) at which a header other than `Retry-After` asks a refused client to come back. */
  reportWait?(at: number): void;
  /** Called for each instant that a header reports as the reset of a policy. */
  reportReset?(policy: string, at: number): void;
}

/** Writes the headers of a response. */
export type HeaderWriter = (context: HeaderContext, headers: Record<string, string>) => void;

/** Compiles the profile's headers into one function. */
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

/** Compiles a header's template, and reports the policies that it names. */
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

/** Fields of a status that say how much is left. */
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
