/**
 * The facts that rules can read: the request, its caller and, once it is known, its outcome.
 * @module
 */
import type { FactReader } from './rules/formula.js';
import { charactersOf } from './rules/texts.js';

/** The caller of a request, as its credential identifies it. `kind` is the credential's name in the profile; `facts` are what policies can partition by. */
export interface Caller {
  readonly kind: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly account: string;
  readonly plan: string;
}

/** What rules can read of a request. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  /** operationId of the OpenAPI document; `undefined` for a path that no operation has. */
  readonly operation: string | undefined;
  readonly tags: readonly string[];
  /** `undefined` before the caller is known, and where none is needed. */
  readonly caller: Caller | undefined;
  readonly ip: string;
  readonly params: Readonly<Record<string, string>>;
  /** The parsed query; computed when a rule reads it. */
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: unknown;
  /** The current status of a policy for this request, in the profile's units; `undefined` if it does not apply. Absent where no state is at hand. */
  readonly policyStatus?: ((policy: string) => PolicyFacts | undefined) | undefined;
}

/** What rules can read of a policy's state, in the profile's units. */
export interface PolicyFacts {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Epoch ms; `null` where nothing resets with time. */
  readonly resetAt: number | null;
}

/** The names of a policy's state that rules can read, as `policies.<id>.<name>`. */
export const POLICY_FACTS = ['limit', 'used', 'remaining', 'resetAt'] as const satisfies readonly (keyof PolicyFacts)[];

/** What rules can read of a response. */
export interface Outcome {
  readonly status: number;
  /** The profile's name of the error that answered, if one did. */
  readonly error?: string | undefined;
  /** The response's body before it is written, for costs known only at the end. */
  readonly body?: unknown;
  /** How long the request has been in flight, in milliseconds of the sandbox's clock. */
  readonly elapsedMs?: number | undefined;
}

/**
 * A value found along a dotted path such as `body.predictions`, `params.model`, `caller.key`, `header.x-team`, `cookie.session`, `policies.minute.remaining`,
 * `response.usage.tokens`, `elapsed` (seconds in flight), `item.model`.
 *
 * @param item the item of a list that a cost is computed for
 */
export function readFact(
  facts: RequestFacts,
  path: readonly string[],
  outcome?: Outcome | undefined,
  item?: unknown,
): unknown {
  const root = path[0];
  switch (root) {
    case 'caller':
      return callerFact(facts.caller, nameIn(path));
    case 'header':
      return facts.header(nameIn(path).toLowerCase());
    case 'query':
      return facts.query.get(nameIn(path)) ?? undefined;
    case 'params':
      return facts.params[nameIn(path)];
    case 'cookie':
      return cookieValue(facts.header('cookie'), nameIn(path));
    case 'body':
      return dig(facts.body, path, 1);
    case 'response':
      return outcome && responseFact(outcome, path);
    case 'item':
      return dig(item, path, 1);
    case 'elapsed':
      return outcome?.elapsedMs === undefined ? undefined : outcome.elapsedMs / 1_000;
    case 'policies': {
      const status = facts.policyStatus?.(path[1] ?? '');
      return status && dig(status, path, 2);
    }
    case 'ip':
    case 'method':
    case 'path':
    case 'operation':
      return facts[root];
    default:
      return undefined;
  }
}

/** Reads facts for formulas and tables. A path with `*` reads the list of all values. */
export class FactSource implements FactReader {
  constructor(
    readonly facts: RequestFacts,
    readonly outcome?: Outcome | undefined,
    readonly item?: unknown,
  ) {}

  read(path: readonly string[]): unknown {
    const { facts, outcome, item } = this;
    return path.includes('*') ? readFacts(facts, path, outcome, item) : readFact(facts, path, outcome, item);
  }
}

/** The value of a cookie (RFC 6265), without quotation marks; `undefined` if there is none with this name. @param header the `Cookie` field */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).trim() === name)
      return pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/s, '$1');
  }
  return undefined;
}

/** A part of the response's body: `response.usage.tokens`, or written in full `response.body.usage.tokens`. `response.status` is its status. */
function responseFact({ status, body }: Outcome, path: readonly string[]): unknown {
  const part = dig(body, path, 1);
  if (part !== undefined) return part;
  if (path[1] === 'body') return dig(body, path, 2);
  return path.length === 2 && path[1] === 'status' ? status : undefined;
}

/** The name after the root of a path. Most paths have two parts; a name that contains dots has more. */
export function nameIn(path: readonly string[]): string {
  return path.length === 2 ? path[1]! : path.slice(1).join('.');
}

/** As `readFact`, for paths in which `*` matches every item of a list, or every value of a map. Returns all values; there may be none. */
export function readFacts(
  facts: RequestFacts,
  path: readonly string[],
  outcome?: Outcome | undefined,
  item?: unknown,
): readonly unknown[] {
  const star = path.indexOf('*');
  if (star < 0) return [readFact(facts, path, outcome, item)];
  return eachOf(readFact(facts, path.slice(0, star), outcome, item), path.slice(star));
}

function eachOf(value: unknown, path: readonly string[]): readonly unknown[] {
  const star = path.indexOf('*');
  if (star < 0) return [dig(value, path)];
  const list = dig(value, path.slice(0, star));
  if (list === null || typeof list !== 'object') return [];
  return Object.values(list).flatMap((item) => eachOf(item, path.slice(star + 1)));
}

/** The roots that every rule can read, for checks at load time. Rules that see the response know `OUTCOME_ROOTS` as well. */
export const FACT_ROOTS = [
  'caller',
  'header',
  'cookie',
  'query',
  'params',
  'body',
  'ip',
  'method',
  'path',
  'operation',
  'policies',
] as const;

/** The roots that rules can read once there is a response. */
export const OUTCOME_ROOTS = ['response', 'elapsed'] as const;

/** Whether a fact that begins with this root exists for every request that has the rest of what it needs. */
const SURE: ReadonlySet<string> = new Set(['ip', 'method', 'path', 'params', 'elapsed']);

/** Whether the fact at a path may be absent from a request, so that a rule should say what happens then. */
export function mayBeAbsent([root, name]: readonly string[]): boolean {
  return !SURE.has(root!) && !(root === 'caller' && (name === 'plan' || name === 'kind'));
}

/** A fact of the caller by name: `kind`, `plan`, or one of its credential's facts. */
export function callerFact(caller: Caller | undefined, name: string | undefined): string | undefined {
  if (!caller || name === undefined) return undefined;
  if (name === 'kind') return caller.kind;
  if (name === 'plan') return caller.plan;
  return caller.facts[name];
}

/** The value at a path in plain data; `undefined` if a part of the path is missing. `length` is that of a text or list. @param from the index of the first part to follow */
export function dig(value: unknown, path: readonly string[], from = 0): unknown {
  let at = value;
  for (let i = from; i < path.length; i++) {
    const key = path[i]!;
    if (key === 'length' && (typeof at === 'string' || Array.isArray(at))) return lengthAt(at, path, i);
    if (at === null || typeof at !== 'object') return undefined;
    at = Array.isArray(at)
      ? at[Number(key)]
      : Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined;
  }
  return at;
}

/** The length of a text or list; nothing has a part within it. */
function lengthAt(value: string | readonly unknown[], path: readonly string[], at: number): number | undefined {
  if (at < path.length - 1) return undefined;
  return typeof value === 'string' ? charactersOf(value) : value.length;
}
