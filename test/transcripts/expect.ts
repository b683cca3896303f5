/**
 * Compares an answer with what a transcript expects of it.
 * @module
 */
import type { Outcome } from './client.js';
import { patternOf } from './parse-exchange.js';
import type { Expectation, JsonValue } from './scenario.js';

/** An expectation that did not come true. */
export interface Mismatch {
  /** Line of the expectation in the transcript, from 1. */
  readonly line: number;
  readonly expected: string;
  readonly came: string;
}

/** @param kept bodies by name; what an expectation keeps is put there */
export function mismatches(
  expected: readonly Expectation[],
  outcome: Outcome,
  kept = new Map<string, string>(),
): Mismatch[] {
  return expected.flatMap((one) => {
    const found = compare(one, outcome, kept);
    return found ? [{ line: one.line, ...found }] : [];
  });
}

type Difference = Omit<Mismatch, 'line'>;

function compare(expected: Expectation, outcome: Outcome, kept: Map<string, string>): Difference | undefined {
  if (expected.kind === 'closed') {
    return outcome.kind === 'closed' ? undefined : { expected: 'closed', came: `status ${outcome.status}` };
  }
  if (outcome.kind === 'closed') return { expected: words(expected), came: `no answer (${outcome.why})` };
  switch (expected.kind) {
    case 'status':
      return outcome.status === expected.status
        ? undefined
        : { expected: words(expected), came: `status ${outcome.status}` };
    case 'header':
      return compareHeader(expected, outcome.headers.get(expected.name));
    case 'absent': {
      const value = outcome.headers.get(expected.name);
      return value === null ? undefined : { expected: words(expected), came: `${expected.name}: ${value}` };
    }
    case 'no body':
      return outcome.text === '' ? undefined : { expected: 'no body', came: `body ${outcome.text}` };
    case 'body':
      return compareBody(expected, outcome.text);
    case 'keep':
      kept.set(expected.name, outcome.text);
      return undefined;
    case 'kept': {
      const text = kept.get(expected.name);
      return outcome.text === text ? undefined : { expected: `body ${text}`, came: `body ${outcome.text}` };
    }
  }
}

function compareHeader(
  expected: Extract<Expectation, { kind: 'header' }>,
  value: string | null,
): Difference | undefined {
  const fits =
    value !== null && (typeof expected.value === 'string' ? value === expected.value : expected.value.test(value));
  if (fits) return undefined;
  return { expected: words(expected), came: value === null ? `no ${expected.name}` : `${expected.name}: ${value}` };
}

function compareBody(expected: Extract<Expectation, { kind: 'body' }>, text: string): Difference | undefined {
  let body: JsonValue;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch {
    return { expected: words(expected), came: text === '' ? 'no body' : `a body that is not JSON: ${text}` };
  }
  const difference = compareJson(expected.value, body, expected.exact, 'body');
  return difference && { expected: difference.expected, came: `${difference.came}\n    in ${text}` };
}

/** The first difference. Not exact: the given object may have more keys. Strings between slashes are patterns in either case. */
export function compareJson(
  expected: JsonValue,
  given: JsonValue | undefined,
  exact: boolean,
  path: string,
): Difference | undefined {
  const differ = { expected: `${path}: ${show(expected)}`, came: `${path}: ${show(given)}` };
  if (Array.isArray(expected)) {
    if (!Array.isArray(given) || given.length !== expected.length) return differ;
    return first(expected, (item, i) => compareJson(item, given[i], exact, `${path}[${i}]`));
  }
  if (isMap(expected)) {
    if (!isMap(given)) return differ;
    const extra = exact ? Object.keys(given).find((key) => !Object.hasOwn(expected, key)) : undefined;
    if (extra !== undefined) return { expected: `${path}: no key "${extra}"`, came: `${path}: ${show(given)}` };
    return first(Object.keys(expected), (key) =>
      compareJson(expected[key]!, Object.hasOwn(given, key) ? given[key] : undefined, exact, `${path}.${key}`),
    );
  }
  if (expected === given) return undefined;
  if (typeof expected === 'string' && typeof given === 'string' && patternOf(expected)?.test(given)) return undefined;
  return differ;
}

function first<T>(list: readonly T[], compare: (item: T, i: number) => Difference | undefined): Difference | undefined {
  for (const [i, item] of list.entries()) {
    const difference = compare(item, i);
    if (difference) return difference;
  }
  return undefined;
}

function isMap(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function words(expected: Expectation): string {
  switch (expected.kind) {
    case 'status':
      return `status ${expected.status}`;
    case 'header':
      return `${expected.name}: ${String(expected.value)}`;
    case 'absent':
      return `no ${expected.name}`;
    case 'body':
      return `body ${show(expected.value)}`;
    case 'keep':
    case 'kept':
      return `a body, ${expected.kind} as ${expected.name}`;
    default:
      return expected.kind;
  }
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
