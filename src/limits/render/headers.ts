/**
 * Rate-limit headers: the status of policies at the moment of sending, in the provider's names and formats.
 * @module
 */
import type { Outcome, RequestFacts } from '../facts.js';
import { type Condition, compileCondition, type Predicate } from '../rules/matching.js';
import { digits } from './digits.js';
import { type FormatName, formats, readInstant, statedInstant, type TellFormat } from './formats.js';
import { headerText } from './header-text.js';
import type { PolicyStatus } from './policy-status.js';
import { integer, nameOf, type RateLimitRevision, rateLimitField, rateLimitPolicyField } from './ratelimit-fields.js';
import { compileLine, type Scope } from './template.js';

export type { PolicyStatus } from './policy-status.js';

/** A rule about a header of the profile: what it says, and on which responses. */
export interface HeaderRule {
  /** The policy, or several: `tightest` of them is reported. */
  readonly policy?: string | readonly string[] | undefined;
  readonly value?: HeaderValue | undefined;
  readonly format?: FormatName | undefined;
  /** A template, in place of `policy` and `value`. */
  readonly text?: string | undefined;
  readonly on: 'every-response' | 'refusal' | 'success';
  readonly when?: Condition | undefined;
  /** Only when the share of the quota of `policy` that is left is below this (0–1). */
  readonly below?: number | undefined;
  /** Only when the share of the quota of `policy` that is left is above this (0–1). */
  readonly above?: number | undefined;
  /** The revision of the draft in which `ratelimit` and `ratelimit-policy` are written; 11 when left out. With 6, the other amounts are integers and a reset is delta-seconds. */
  readonly revision?: RateLimitRevision | undefined;
  /** Whether `ratelimit` and `ratelimit-policy` disclose the partition key. */
  readonly partitionKey?: boolean | undefined;
  /** The text tells a refused client when to come back, in this format. */
  readonly tells?: TellFormat | undefined;
}

/** The rules about one header: the first that applies and has a value is sent. */
export type HeaderRules = HeaderRule | readonly HeaderRule[];

/** The values that a header can report of a policy, with what each is; the profile's schema shows it in editors. */
export const HEADER_VALUES = {
  limit: 'the quota',
  remaining: 'units left',
  used: 'units taken',
  reset: 'when the window resets, in the given format',
  'retry-after': 'when to come back, on refusals',
  policy: "the policy's id",
  'window-seconds': "the window's length in seconds",
  ratelimit: 'the RateLimit field of draft-ietf-httpapi-ratelimit-headers-11: "id";r=50;t=30',
  'ratelimit-policy': 'the RateLimit-Policy field of the same draft: "id";q=100;w=60',
} as const;

/** The name of a value that a header can report. */
export type HeaderValue = keyof typeof HEADER_VALUES;

/** The names of all header values. */
export const HEADER_VALUE_NAMES = Object.keys(HEADER_VALUES) as [HeaderValue, ...HeaderValue[]];

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
  /** Called for each instant (epoch ms) to come back at that a header tells by the profile's own word (`tells`). */
  reportTold?(at: number): void;
}

/** Writes the headers of a response. */
export type HeaderWriter = (context: HeaderContext, headers: Record<string, string>) => void;

/** The value of a header on a response; `undefined`: the rule does not apply, or has no value. */
type ReadValue = (context: HeaderContext) => string | undefined;

/** Compiles the profile's headers into one function. */
export function compileHeaders(headers: Readonly<Record<string, HeaderRules>>): HeaderWriter {
  const writers = Object.entries(headers).map(([name, rules]) => {
    const isRetryAfter = name.toLowerCase() === 'retry-after';
    const value = firstOf([rules].flat().map((rule) => compileRule(rule, isRetryAfter)));
    return (context: HeaderContext, sent: Record<string, string>) => {
      const text = value(context);
      if (text !== undefined) sent[name] = text;
    };
  });
  return (context, sent) => {
    for (const write of writers) write(context, sent);
  };
}

function firstOf(values: readonly ReadValue[]): ReadValue {
  if (values.length === 1) return values[0]!;
  return (context) => {
    for (const value of values) {
      const text = value(context);
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

function compileRule(rule: HeaderRule, isRetryAfter: boolean): ReadValue {
  const shown = compileShown(rule);
  const value = compileValue(rule, isRetryAfter);
  const { tells } = rule;
  if (tells === undefined) return (context) => (shown(context) ? value(context) : undefined);
  return (context) => {
    const text = shown(context) ? value(context) : undefined;
    if (text === undefined || !(context.refused || context.outcome.status >= 400)) return text;
    const at = readInstant(tells, text, context.now);
    if (at !== undefined) context.reportTold?.(at);
    return text;
  };
}

function compileShown(rule: HeaderRule): (context: HeaderContext) => boolean {
  const when: Predicate = compileCondition(rule.when);
  const { on, below, above } = rule;
  const ids = policiesOf(rule);
  const isWithin = below !== undefined || above !== undefined;
  return (context) => {
    const { refused, facts, outcome } = context;
    if (on === 'refusal' && !refused) return false;
    if (on === 'success' && (refused || outcome.status >= 400)) return false;
    if (!when(facts, outcome)) return false;
    if (!isWithin) return true;
    const status = tightest(ids, context);
    if (!status) return false;
    const share = shareLeft(status);
    return (below === undefined || share < below) && (above === undefined || share > above);
  };
}

function policiesOf({ policy }: HeaderRule): readonly string[] {
  return typeof policy === 'string' ? [policy] : (policy ?? []);
}

/** The share of the quota that is left (0–1); 0 of a quota of nothing. */
function shareLeft({ remaining, limit }: PolicyStatus): number {
  return limit > 0 ? remaining / limit : 0;
}

/** @param isRetryAfter the header is `Retry-After` itself, which is read from what is sent */
function compileValue(rule: HeaderRule, isRetryAfter: boolean): ReadValue {
  if (rule.text !== undefined) return compileTextValue(rule.text, isRetryAfter);
  const { value = 'limit', revision } = rule;
  const format = rule.format ?? (revision === 6 ? 'delta-seconds' : undefined);
  if (value === 'retry-after')
    return (context) => {
      const { retryAfter, retryAt, now } = context;
      if (retryAfter === undefined) return undefined;
      if (!isRetryAfter) context.reportWait?.(waitInstant(retryAfter, retryAt, format, now));
      return retryText(retryAfter, retryAt, format, now);
    };
  const ids = policiesOf(rule);
  if (value === 'ratelimit' || value === 'ratelimit-policy') return compileRateLimit(rule, value, ids);
  const read = compileAmount(value, format);
  return (context) => {
    const status = tightest(ids, context);
    if (!status) return undefined;
    if (value === 'remaining' || value === 'used') context.reportQuota?.(status);
    if (value === 'reset' && status.resetAt !== null)
      context.reportReset?.(status.policy, statedInstant(format ?? 'epoch-seconds', status.resetAt, context.now));
    const amount = read(status, context.now);
    return written(revision === 6 && typeof amount === 'number' ? integer(amount) : amount);
  };
}

function compileRateLimit(
  { revision = 11, partitionKey = false }: HeaderRule,
  value: 'ratelimit' | 'ratelimit-policy',
  ids: readonly string[],
): ReadValue {
  const style = { revision, partitionKey };
  return (context) => {
    const { now } = context;
    const applying = ids.map((id) => context.status(id)).filter((status) => status !== undefined);
    if (value === 'ratelimit-policy') return rateLimitPolicyField(applying, style);
    const first = revision <= 7 ? tightestOf(applying.filter(({ resetAt }) => resetAt !== null)) : undefined;
    const statuses = revision <= 7 ? (first ? [first] : []) : applying;
    for (const status of statuses) {
      context.reportQuota?.(status);
      if (status.resetAt !== null)
        context.reportReset?.(status.policy, statedInstant('delta-seconds', status.resetAt, now));
    }
    return rateLimitField(statuses, style, now);
  };
}

/** Compiles a header's template, and reports the policies and instants that it names. */
function compileTextValue(text: string, isRetryAfter: boolean): ReadValue {
  const template = compileLine(text);
  const amounts = template.paths.filter(([root, , name]) => root === 'policies' && REMAINING.has(name ?? ''));
  const stamps = template.stamps.filter(({ path: [root] }) => root === 'policies');
  const waits = isRetryAfter ? [] : template.stamps.filter(({ path: [root] }) => root !== 'policies');
  return (context) => {
    const { scope, now } = context;
    const line = written(template.render(scope, now));
    if (line === undefined) return undefined;
    for (const [, policy] of amounts) {
      const status = context.status(policy!);
      if (status) context.reportQuota?.(status);
    }
    for (const { path, format } of stamps) {
      const status = context.status(path[1]!);
      if (status && status.resetAt !== null)
        context.reportReset?.(status.policy, statedInstant(format, status.resetAt, now));
    }
    for (const { path, format } of waits) {
      const stamp = scope(path);
      if (typeof stamp === 'number')
        context.reportWait?.(path[0] === 'retryAfter' ? now + stamp * 1_000 : statedInstant(format, stamp, now));
    }
    return headerText(line);
  };
}

/** Fields of a status that say how much is left. */
const REMAINING: ReadonlySet<string> = new Set(['remaining', 'used']);

/** The instant that `retryText` states. */
function waitInstant(seconds: number, at: number | undefined, format: FormatName | undefined, now: number): number {
  if (format === undefined || format === 'delta-seconds') return now + seconds * 1_000;
  return statedInstant(format, at ?? now + seconds * 1_000, now);
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
      return ({ policy }) => nameOf(policy);
    case 'used':
      return ({ used }) => used;
    case 'remaining':
      return ({ remaining }) => remaining;
    default:
      return ({ limit }) => limit;
  }
}

/** The text of a wait. Where only its seconds are known, the instant is that many seconds from now. */
function retryText(seconds: number, at: number | undefined, format: FormatName | undefined, now: number): string {
  if (format === undefined || format === 'delta-seconds') return String(seconds);
  return String(formats[format](at ?? now + seconds * 1_000, now));
}

/** The policy with the smallest share left, of those that apply to the request. */
function tightest(ids: readonly string[], context: HeaderContext): PolicyStatus | undefined {
  if (ids.length === 1) return context.status(ids[0]!);
  return tightestOf(ids.map((id) => context.status(id)).filter((status) => status !== undefined));
}

/** The status with the smallest share left. */
function tightestOf(statuses: readonly PolicyStatus[]): PolicyStatus | undefined {
  let least: PolicyStatus | undefined;
  for (const status of statuses) if (!least || shareLeft(status) < shareLeft(least)) least = status;
  return least;
}

function written(value: unknown): string | undefined {
  if (typeof value === 'number') return digits(value);
  return value === undefined || value === null ? undefined : String(value);
}
