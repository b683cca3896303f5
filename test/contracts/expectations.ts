/**
 * What a profile's text promises, read by hand and not by the code under test: bodies, formats, free outcomes, the instant of the next admission.
 * @module
 */
import { expect } from 'vitest';
import { boundsAt, type ClockWindow } from '../../src/limits/windows.js';
import type { Client } from './client.js';
import type { Reach } from './reach.js';

/** What placeholders stand for; a root that is not among them matches anything. */
export type Values = Readonly<Record<string, unknown>>;

const FORMATS: Record<string, (at: number, now: number) => unknown> = {
  'epoch-seconds': (at) => Math.ceil(at / 1_000),
  'epoch-milliseconds': (at) => at,
  'delta-seconds': (at, now) => Math.max(0, Math.ceil((at - now) / 1_000)),
  iso: (at) => new Date(at).toISOString(),
  'iso-seconds': (at) => new Date(Math.ceil(at / 1_000) * 1_000).toISOString().replace('.000Z', 'Z'),
};

/** An instant in a format, as text. */
export function written(format: string, at: number, now: number): string {
  const write = FORMATS[format];
  if (!write) throw new Error(`this test does not know the format ${format}; teach it`);
  return String(write(at, now));
}

/** Compares a body with a template of it. */
export function expectBody(actual: unknown, template: unknown, values: Values, now: number, at = 'body'): void {
  if (typeof template === 'string') expectText(actual, template, values, now, at);
  else if (Array.isArray(template)) {
    expect(actual, at).toHaveLength(template.length);
    for (const [i, one] of template.entries()) expectBody((actual as unknown[])[i], one, values, now, `${at}[${i}]`);
  } else if (template !== null && typeof template === 'object') {
    const known = Object.entries(template);
    const unexpected = Object.keys(actual as object).filter((key) => !Object.hasOwn(template, key));
    expect(unexpected, `${at}: keys that the template lacks`).toEqual([]);
    for (const [key, one] of known)
      expectBody((actual as Record<string, unknown>)?.[key], one, values, now, `${at}.${key}`);
  } else expect(actual, at).toEqual(template);
}

function expectText(actual: unknown, template: string, values: Values, now: number, at: string): void {
  const whole = /^\$\{([^}]+)\}$/.exec(template);
  if (whole) {
    const value = placeholderValue(whole[1]!, values, now);
    if (value === undefined) expect(actual, `${at} (${template})`).toBeDefined();
    else expect(actual, `${at} (${template})`).toEqual(value);
    return;
  }
  const pattern = template
    .split(/(\$\{[^}]+\})/)
    .map((piece) => {
      if (!piece.startsWith('${')) return escapeRegExp(piece);
      const value = placeholderValue(piece.slice(2, -1), values, now);
      return value === undefined ? '[\\s\\S]*' : escapeRegExp(String(value));
    })
    .join('');
  expect(String(actual), at).toMatch(new RegExp(`^${pattern}$`));
}

function placeholderValue(expression: string, values: Values, now: number): unknown {
  const [path, ...filters] = expression.split('|').map((part) => part.trim());
  let value = values[path!];
  for (const filter of filters) {
    if (value === undefined || !FORMATS[filter]) return undefined;
    value = FORMATS[filter](Number(value), now);
  }
  return value;
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

interface Free {
  readonly status?: readonly (number | string)[];
  readonly error?: readonly string[];
  readonly operation?: readonly string[];
  readonly method?: readonly string[];
  readonly not?: Free;
}

/** Whether the profile's `free` speaks of the outcome. */
export function isFree(
  conditions: readonly Free[],
  outcome: { status: number; error?: string | undefined; operation?: string | undefined; method: string },
): boolean {
  return conditions.some((condition) => holds(condition, outcome));
}

function holds(
  { status, error, operation, method, not, ...others }: Free,
  outcome: Parameters<typeof isFree>[1],
): boolean {
  const unknown = Object.entries(others).filter(([, value]) => value !== undefined);
  if (unknown.length > 0) throw new Error(`this test cannot read ${JSON.stringify(others)}; teach it`);
  return (
    (status === undefined ||
      status.some((one) => one === outcome.status || one === `${Math.floor(outcome.status / 100)}xx`)) &&
    (error === undefined || (outcome.error !== undefined && error.includes(outcome.error))) &&
    (operation === undefined || (outcome.operation !== undefined && operation.includes(outcome.operation))) &&
    (method === undefined || method.includes(outcome.method)) &&
    (not === undefined || !holds(not, outcome))
  );
}

/** When one more request is admitted, after `used` units that were all taken now; `undefined` where what runs decides. */
export function nextAdmission(client: Client, { policy, cost, limit }: Reach, used: number): number | undefined {
  const { now } = client;
  if (policy.kind === 'lease') return undefined;
  const { window } = policy;
  switch (policy.algorithm.name) {
    case 'fixed-window':
      return window.kind === 'first-request' ? now + window.lengthMs : boundsAt(window as ClockWindow, now).end;
    case 'sliding-log':
      return now + (window as { lengthMs: number }).lengthMs;
    case 'sliding-window': {
      const { lengthMs: W } = window as { lengthMs: number };
      const end = now - (now % W) + W;
      // Nothing but this window's count, which fades in the next one: by halving, since it only falls.
      let [low, high] = [0, W];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (Math.floor((used * (W - middle)) / W) + cost <= limit) high = middle;
        else low = middle + 1;
      }
      return end + low;
    }
    default:
      return undefined;
  }
}
