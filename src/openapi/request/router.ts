/**
 * Finds the operation of a path, with Hono's routers. Concrete paths take precedence over templated ones, as OpenAPI requires.
 * @module
 */
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { SmartRouter } from 'hono/router/smart-router';
import { TrieRouter } from 'hono/router/trie-router';
import { memoiseText } from '../../runtime/memoise.js';
import type { Operation } from '../document/operation.js';

/** The operation of a path, with the values of its parameters. */
export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds operations by method and path. */
export interface OperationRouter {
  /** The operation; a HEAD request may match a GET operation. */
  match(method: string, path: string): Match | undefined;
  /** The methods of a path, for a 405. */
  methods(path: string): string[];
  /** The three most similar operations, for a log line. */
  nearest(method: string, path: string): string[];
}

interface Route {
  readonly operation: Operation;
  readonly names: readonly string[];
}

/** Bounds of the cache of matches, per method. */
const CACHE_BOUNDS = { max: 500, maxLength: 200 };

const PARAMETER = /\{([^{}]+)\}/g;

/** Creates the router of a document's operations. */
export function createRouter(operations: readonly Operation[]): OperationRouter {
  const router = new SmartRouter<Route>({ routers: [new RegExpRouter(), new TrieRouter()] });
  const methods = new Set(operations.map(({ method }) => method));
  for (const operation of [...operations].sort(bySpecificity)) {
    const names: string[] = [];
    const pattern = operation.path
      .split('/')
      .map((segment) => routeSegment(segment, names))
      .join('/');
    router.add(operation.method, pattern, { operation, names });
  }

  // Clients mostly repeat the same paths.
  const finders = new Map(
    [...methods].map((method) => [method, memoiseText((path) => find(method, path), CACHE_BOUNDS)] as const),
  );

  function match(method: string, path: string): Match | undefined {
    return finders.get(method)?.(path);
  }

  function find(method: string, path: string): Match | undefined {
    const [handlers, stash] = router.match(method, path) as unknown as [
      [Route, Record<string, string | number>][],
      string[] | undefined,
    ];
    const first = handlers[0];
    if (!first) return undefined;
    const [{ operation, names }, found] = first;
    const params: Record<string, string> = {};
    for (const [i, name] of names.entries()) {
      const value = found[`p${i}`];
      params[name] = decode(typeof value === 'number' ? stash![value]! : String(value));
    }
    return { operation, params };
  }

  return {
    match: (method, path) => match(method, path) ?? (method === 'HEAD' ? match('GET', path) : undefined),
    methods: (path) => [...methods].filter((method) => match(method, path) !== undefined),
    nearest(method, path) {
      const requested = path.split('/');
      return operations
        .map((operation) => ({ operation, distance: distance(operation, method, requested) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, 3)
        .map(({ operation }) => `${operation.method} ${operation.path}`);
    },
  };
}

/** The route of a segment: `{id}` → `:p0`; `{id}.json` → a parameter with a pattern; other segments are literal. */
function routeSegment(segment: string, names: string[]): string {
  const inside = [...segment.matchAll(PARAMETER)];
  if (inside.length === 0) return segment;
  const whole = inside.length === 1 && inside[0]![0] === segment;
  if (whole) {
    names.push(inside[0]![1]!);
    return `:p${names.length - 1}`;
  }
  // Hono allows one parameter per segment: it takes the first name, and the rest of the segment becomes part of its pattern.
  names.push(inside[0]![1]!);
  return `:p${names.length - 1}{${segmentPattern(segment.split(PARAMETER).filter((_, i) => i % 2 === 0))}}`;
}

/**
 * The pattern of a segment with a parameter between each two of these texts. A parameter ends at the first occurrence of the next text. If it could end
 * anywhere, a matcher would try every combination of ends.
 */
function segmentPattern(texts: readonly string[]): string {
  return texts
    .map((text, i) => {
      const literal = escaped(text);
      if (i === 0) return literal;
      if (i === texts.length - 1) return `[^/]+${literal}`;
      return text === '' ? '[^/]' : `[^/](?:(?!${literal})[^/])*${literal}`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function bySpecificity(a: Operation, b: Operation): number {
  const [left, right] = [a.path.split('/'), b.path.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i]!.includes('{')) - Number(right[i]!.includes('{'));
    if (difference !== 0) return difference;
  }
  return 0;
}

function distance(operation: Operation, method: string, requested: readonly string[]): number {
  const known = operation.path.split('/');
  let differing = Math.abs(known.length - requested.length) * 2 + (operation.method === method ? 0 : 1);
  for (let i = 0; i < Math.min(known.length, requested.length); i++) {
    if (known[i] !== requested[i]) differing += known[i]!.includes('{') ? 0.5 : 2;
  }
  return differing;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
