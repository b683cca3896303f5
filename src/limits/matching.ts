/**
 * Conditions: which requests and outcomes a rule applies to. A condition is data, and is compiled once into a predicate.
 * @module
 */
import { callerFact, type Outcome, type RequestFacts, readFact, readFacts } from './facts.js';

/** All given parts must hold; within a part, any of the listed values. */
export interface Condition {
  readonly operation?: readonly string[] | undefined;
  readonly method?: readonly string[] | undefined;
  /** Paths; `*` matches any run of characters. */
  readonly path?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  /** Caller facts (`kind`, `plan`, `key` …). */
  readonly caller?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Facts by path (`body.campaignId`, `query.x`, `body.leads.*.id`: of any item) and the values that match. */
  readonly fact?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Status codes or classes (`5xx`); holds only once there is an outcome. */
  readonly status?: readonly (number | string)[] | undefined;
  /** Names of the profile's errors; holds only once there is an outcome. */
  readonly error?: readonly string[] | undefined;
  readonly not?: Condition | undefined;
}

/** Whether a compiled condition holds. Conditions on the outcome are false while there is none. */
export type Predicate = (facts: RequestFacts, outcome?: Outcome) => boolean;

/** Compiles a condition; one that is left out always holds. */
export function compileCondition(condition: Condition | undefined): Predicate {
  if (!condition) return always;
  const tests: Predicate[] = [];
  const { operation, method, path, tag, caller, fact, status, error, not } = condition;
  if (operation) tests.push((facts) => facts.operation !== undefined && operation.includes(facts.operation));
  if (method) tests.push((facts) => method.includes(facts.method));
  if (path) {
    const patterns = path.map(globPattern);
    tests.push((facts) => patterns.some((pattern) => pattern.test(facts.path)));
  }
  if (tag) tests.push((facts) => facts.tags.some((name) => tag.includes(name)));
  for (const [name, values] of Object.entries(caller ?? {})) {
    tests.push((facts) => values.includes(callerFact(facts.caller, name) ?? ''));
  }
  for (const [name, values] of Object.entries(fact ?? {})) {
    const at = name.split('.');
    tests.push(
      at.includes('*')
        ? (facts) => readFacts(facts, at).some((value) => values.includes(String(value)))
        : (facts) => values.includes(String(readFact(facts, at))),
    );
  }
  if (status) {
    const matches = statusMatcher(status);
    tests.push((_facts, outcome) => outcome !== undefined && matches(outcome.status));
  }
  if (error) tests.push((_facts, outcome) => outcome?.error !== undefined && error.includes(outcome.error));
  if (not) {
    const inner = compileCondition(not);
    tests.push((facts, outcome) => !inner(facts, outcome));
  }
  if (tests.length === 0) return always;
  if (tests.length === 1) return tests[0]!;
  return (facts, outcome) => {
    for (const test of tests) if (!test(facts, outcome)) return false;
    return true;
  };
}

/** A list of conditions, any of which may hold; an empty list never holds. */
export function compileAny(conditions: readonly Condition[]): Predicate {
  const predicates = conditions.map(compileCondition);
  if (predicates.length === 0) return never;
  if (predicates.length === 1) return predicates[0]!;
  return (facts, outcome) => {
    for (const predicate of predicates) if (predicate(facts, outcome)) return true;
    return false;
  };
}

/** Matches status codes against a list of codes and classes (`5xx`). */
export function statusMatcher(statuses: readonly (number | string)[]): (status: number) => boolean {
  const exact = new Set(statuses.filter((status) => typeof status === 'number'));
  const classes = new Set(statuses.filter((status) => typeof status === 'string').map((text) => Number(text[0])));
  return (status) => exact.has(status) || classes.has(Math.floor(status / 100));
}

/** Compiles a pattern in which `*` matches any run of characters. Matching takes at most pattern length × text length steps; a `RegExp` could take exponentially many. */
export function globPattern(glob: string): { test(text: string): boolean } {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return { test: (text) => text === first };
  return {
    test(text) {
      const end = text.length - last.length;
      if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
      let at = first.length;
      for (const part of rest) {
        const found = text.indexOf(part, at);
        if (found < 0 || found + part.length > end) return false;
        at = found + part.length;
      }
      return true;
    },
  };
}

/** Holds for every request. */
export const always: Predicate = () => true;
/** Holds for no request. */
export const never: Predicate = () => false;
