/**
 * Finds the operation of a path, in a tree of path segments. Concrete paths take precedence over templated ones, as OpenAPI requires.
 * @module
 */
import { memoiseText } from '../../runtime/memoise.js';
import type { Operation } from '../document/operation.js';
import {
  compileSegment,
  decodePercent,
  type MatchSegment,
  readSegment,
  type TemplateSegment,
} from './path-template.js';

/** The operation of a path, with the values of its parameters. */
export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  /** The values as they were sent, percent-encoded; the same object as `params` if nothing is encoded. */
  readonly rawParams: Readonly<Record<string, string>>;
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

const NONE: readonly never[] = [];

interface Route {
  readonly operation: Operation;
  /** Names of the parameters, in the order of the path. */
  readonly names: readonly string[];
}

/** The paths that begin with the same segments. A large document has many nodes, most of them with one child. */
class Node {
  /** By method, in the order of the document. */
  routes: Map<string, Route[]> | undefined;
  texts: Map<string, Node> | undefined;
  /** The most specific first. */
  mixed: readonly MixedChild[] = NONE;
  value: Node | undefined;
  /** Routes that take all further segments. */
  rest: Node | undefined;
}

class MixedChild {
  readonly node = new Node();
  #match: MatchSegment | undefined;

  constructor(readonly segment: TemplateSegment) {}

  match(segment: string): readonly string[] | undefined {
    this.#match ??= compileSegment(this.segment);
    return this.#match(segment);
  }
}

/** Bounds of the cache of matches, per method. */
const CACHE_BOUNDS = { max: 500, maxLength: 200 };

/** Whether the parameters of a path are valid by an operation. */
export type AcceptsPath = (match: Match) => boolean;

/**
 * Creates the router of a document's operations.
 *
 * @param accepts decides between operations with the same method and form of path, such as `/icons/{id}` with a number and `/icons/{term}`; default: the first one
 */
export function createRouter(operations: readonly Operation[], accepts: AcceptsPath = () => true): OperationRouter {
  const root = new Node();
  const methods = new Set(operations.map(({ method }) => method));
  // Most segments occur in many paths.
  const known = new Map<string, TemplateSegment>();
  for (const operation of operations)
    for (const path of [operation.path, ...(operation.otherPaths ?? [])]) add(root, path, operation, known);

  // Clients mostly repeat the same paths.
  const finders = new Map(
    [...methods].map(
      (method) => [method, memoiseText((path) => find(root, method, path, accepts), CACHE_BOUNDS)] as const,
    ),
  );

  function match(method: string, path: string): Match | undefined {
    return finders.get(method)?.(path);
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

/** Adds a path. */
function add(root: Node, path: string, operation: Operation, known: Map<string, TemplateSegment>): void {
  const names: string[] = [];
  let node = root;
  const segments = path.split('/');
  for (let i = 0; i < segments.length; i++) {
    const isLast = i === segments.length - 1;
    const key = isLast ? `${segments[i]}/` : segments[i]!;
    let segment = known.get(key);
    if (segment === undefined) {
      segment = readSegment(segments[i]!, isLast);
      known.set(key, segment);
    }
    if (segment.names.length > 0) names.push(...segment.names);
    node = childOf(node, segment);
  }
  node.routes ??= new Map();
  const same = node.routes.get(operation.method);
  if (same) same.push({ operation, names });
  else node.routes.set(operation.method, [{ operation, names }]);
}

function childOf(node: Node, segment: TemplateSegment): Node {
  if (segment.kind === 'value') {
    node.value ??= new Node();
    return node.value;
  }
  if (segment.kind === 'rest') {
    node.rest ??= new Node();
    return node.rest;
  }
  if (segment.kind === 'text') {
    node.texts ??= new Map();
    let child = node.texts.get(segment.form);
    if (child === undefined) {
      child = new Node();
      node.texts.set(segment.form, child);
    }
    return child;
  }
  let child = node.mixed.find((one) => one.segment.form === segment.form);
  if (child === undefined) {
    child = new MixedChild(segment);
    const at = node.mixed.findIndex((one) => one.segment.weight < segment.weight);
    node.mixed = node.mixed.toSpliced(at < 0 ? node.mixed.length : at, 0, child);
  }
  return child.node;
}

function find(root: Node, method: string, path: string, accepts: AcceptsPath): Match | undefined {
  const values: string[] = [];
  const routes = descend(root, method, path.split('/'), 0, values);
  if (routes === undefined) return undefined;
  const first = matchOf(routes[0]!, values);
  if (routes.length === 1 || accepts(first)) return first;
  const others = routes.slice(1).map((route) => matchOf(route, values));
  return others.find(accepts) ?? first;
}

function matchOf({ operation, names }: Route, values: readonly string[]): Match {
  const params: Record<string, string> = {};
  for (const [i, name] of names.entries()) params[name] = decodePercent(values[i]!);
  const isEncoded = values.some((value) => value.includes('%'));
  const rawParams = isEncoded ? Object.fromEntries(names.map((name, i) => [name, values[i]!])) : params;
  return { operation, params, rawParams };
}

/** Searches below a node, the most specific child first. It visits each node at most once. @param values receives the values of the parameters */
function descend(
  node: Node,
  method: string,
  segments: readonly string[],
  at: number,
  values: string[],
): readonly Route[] | undefined {
  if (at === segments.length) return node.routes?.get(method);
  const segment = segments[at]!;
  const text = node.texts?.get(segment.includes('%') ? decodePercent(segment) : segment);
  const found = text && descend(text, method, segments, at + 1, values);
  if (found !== undefined) return found;
  const kept = values.length;
  for (const child of node.mixed) {
    const given = child.match(segment);
    if (given === undefined) continue;
    values.push(...given);
    const route = descend(child.node, method, segments, at + 1, values);
    if (route !== undefined) return route;
    values.length = kept;
  }
  if (segment === '') return undefined;
  if (node.value !== undefined) {
    values.push(segment);
    const route = descend(node.value, method, segments, at + 1, values);
    if (route !== undefined) return route;
    values.length = kept;
  }
  const rest = node.rest?.routes?.get(method);
  if (rest !== undefined) values.push(segments.slice(at).join('/'));
  return rest;
}

function distance(operation: Operation, method: string, requested: readonly string[]): number {
  const known = operation.path.split('/');
  let differing = Math.abs(known.length - requested.length) * 2 + (operation.method === method ? 0 : 1);
  for (let i = 0; i < Math.min(known.length, requested.length); i++) {
    if (known[i] !== requested[i]) differing += known[i]!.includes('{') ? 0.5 : 2;
  }
  return differing;
}
