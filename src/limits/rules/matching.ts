/**
 * Conditions: which requests and outcomes a rule applies to. A condition is data, and is compiled once into a predicate.
 * @module
 */
import { compilePattern } from '../../patterns/compile.js';
import { callerFact, FactSource, type Outcome, type RequestFacts, readFact, readFacts } from '../facts.js';
import { numberOf } from './formula.js';
import { globPattern } from './globs.js';
import { compileQuantity, type Quantity } from './quantity.js';

/** All given parts must hold; within a part, any of the listed values. */
export interface Condition {
  readonly operation?: readonly string[] | undefined;
  readonly method?: readonly string[] | undefined;
  /** Paths; `*` matches any run of characters. */
  readonly path?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  /** Caller facts (`kind`, `plan`, `key` …). */
  readonly caller?: Readonly<Record<string, readonly FactTest[]>> | undefined;
  /** Facts by path (`body.campaignId`, `query.x`, `body.leads.*.id`: of any item) and the values that match. */
  readonly fact?: Readonly<Record<string, readonly FactTest[]>> | undefined;
  /** Status codes or classes (`5xx`); holds only once there is an outcome. */
  readonly status?: readonly (number | string)[] | undefined;
  /** Names of the profile's errors; holds only once there is an outcome. */
  readonly error?: readonly string[] | undefined;
  /** Conditions of which one must hold. */
  readonly any?: readonly Condition[] | undefined;
  /** Conditions that must all hold. */
  readonly all?: readonly Condition[] | undefined;
  readonly not?: Condition | undefined;
}

/** A test of one value: a text, in which `*` matches any run of characters, or a comparison. */
export type FactTest = string | number | boolean | FactComparison;

/** A comparison of a value. All given parts must hold. */
export interface FactComparison {
  /** Whether the fact must be present, or absent. */
  readonly given?: boolean | undefined;
  /** Greater than; a number or a formula. */
  readonly above?: Quantity | undefined;
  /** Less than. */
  readonly below?: Quantity | undefined;
  /** At least. */
  readonly from?: Quantity | undefined;
  /** At most. */
  readonly to?: Quantity | undefined;
  /** One of these, literally. */
  readonly oneOf?: readonly (string | number | boolean)[] | undefined;
  /** A regular expression that is found in the text. */
  readonly matches?: string | undefined;
}

/** Whether a compiled condition holds. Conditions on the outcome are false while there is none. */
export type Predicate = (facts: RequestFacts, outcome?: Outcome) => boolean;

/** Compiles a condition; one that is left out always holds. */
export function compileCondition(condition: Condition | undefined): Predicate {
  if (!condition) return always;
  const tests: Predicate[] = [];
  const { operation, method, path, tag, caller, fact, status, error, any, all, not } = condition;
  if (operation) tests.push((facts) => facts.operation !== undefined && operation.includes(facts.operation));
  if (method) tests.push((facts) => method.includes(facts.method));
  if (path) {
    const patterns = path.map(globPattern);
    tests.push((facts) => patterns.some((pattern) => pattern.test(facts.path)));
  }
  if (tag) tests.push((facts) => facts.tags.some((name) => tag.includes(name)));
  for (const [name, values] of Object.entries(caller ?? {})) {
    const matches = compileTests(values);
    tests.push((facts, outcome) => matches(callerFact(facts.caller, name), facts, outcome));
  }
  for (const [name, values] of Object.entries(fact ?? {})) {
    const at = name.split('.');
    const matches = compileTests(values);
    tests.push(
      at.includes('*')
        ? (facts, outcome) => anyMatches(readFacts(facts, at, outcome), matches, facts, outcome)
        : (facts, outcome) => matches(readFact(facts, at, outcome), facts, outcome),
    );
  }
  if (status) {
    const matches = statusMatcher(status);
    tests.push((_facts, outcome) => outcome !== undefined && matches(outcome.status));
  }
  if (error) tests.push((_facts, outcome) => outcome?.error !== undefined && error.includes(outcome.error));
  if (any) tests.push(compileAny(any));
  for (const one of all ?? []) tests.push(compileCondition(one));
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

/** Tests a value. `facts` and `outcome` are for the formulas of comparisons. */
type ValueTest = (value: unknown, facts: RequestFacts, outcome?: Outcome) => boolean;

/** A list of tests, any of which may hold. Texts without `*` are compared by one look-up. */
function compileTests(tests: readonly FactTest[]): ValueTest {
  const exact = new Set<string>();
  const others: ValueTest[] = [];
  for (const test of tests) {
    if (typeof test === 'object') others.push(compileComparison(test));
    else if (typeof test === 'string' && test.includes('*')) others.push(globTest(test));
    else exact.add(String(test));
  }
  const isExact: ValueTest = (value) => value !== undefined && value !== null && exact.has(String(value));
  if (others.length === 0) return isExact;
  return (value, facts, outcome) =>
    isExact(value, facts, outcome) || others.some((other) => other(value, facts, outcome));
}

function globTest(glob: string): ValueTest {
  const pattern = globPattern(glob);
  return (value) => value !== undefined && value !== null && typeof value !== 'object' && pattern.test(String(value));
}

function compileComparison({ given, above, below, from, to, oneOf, matches }: FactComparison): ValueTest {
  const tests: ValueTest[] = [];
  if (given !== undefined) tests.push((value) => (value !== undefined && value !== null) === given);
  const bounds: [Quantity | undefined, (value: number, bound: number) => boolean][] = [
    [above, (value, bound) => value > bound],
    [below, (value, bound) => value < bound],
    [from, (value, bound) => value >= bound],
    [to, (value, bound) => value <= bound],
  ];
  for (const [source, holds] of bounds) {
    if (source === undefined) continue;
    const { evaluate } = compileQuantity(source);
    tests.push((value, facts, outcome) => {
      const number = numberOf(value);
      const bound = number === undefined ? undefined : evaluate(new FactSource(facts, outcome));
      return typeof bound === 'number' && holds(number!, bound);
    });
  }
  if (oneOf) {
    const texts = new Set(oneOf.map(String));
    tests.push((value) => value !== undefined && value !== null && texts.has(String(value)));
  }
  if (matches !== undefined) {
    const { matcher } = compilePattern(matches, false);
    tests.push((value) => value !== undefined && value !== null && matcher.test(String(value)));
  }
  return (value, facts, outcome) => tests.every((test) => test(value, facts, outcome));
}

/** Whether any value matches. If there is none, only a test for absence holds. */
function anyMatches(values: readonly unknown[], matches: ValueTest, facts: RequestFacts, outcome?: Outcome): boolean {
  if (values.length === 0) return matches(undefined, facts, outcome);
  return values.some((value) => matches(value, facts, outcome));
}

/** Matches status codes against a list of codes and classes (`5xx`). */
export function statusMatcher(statuses: readonly (number | string)[]): (status: number) => boolean {
  const exact = new Set(statuses.filter((status) => typeof status === 'number'));
  const classes = new Set(statuses.filter((status) => typeof status === 'string').map((text) => Number(text[0])));
  return (status) => exact.has(status) || classes.has(Math.floor(status / 100));
}

/** The conditions within a condition, itself included. */
export function* conditionsIn(condition: Condition): Generator<Condition> {
  yield condition;
  for (const inner of [...(condition.any ?? []), ...(condition.all ?? []), ...(condition.not ? [condition.not] : [])])
    yield* conditionsIn(inner);
}

/** Holds for every request. */
export const always: Predicate = () => true;
/** Holds for no request. */
export const never: Predicate = () => false;
