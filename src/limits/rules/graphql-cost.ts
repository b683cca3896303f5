/**
 * The cost of a GraphQL query by a provider's published rules: so much for each object and connection, times the page sizes around it. It is computed from the
 * text of the query alone, or from the data that it returned.
 * @module
 */
import { createRequire } from 'node:module';
import type {
  DocumentNode,
  FieldNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import type { FactSource } from '../facts.js';

/** How a provider counts a query. */
export interface GraphQlCost {
  /** Path of the query's text. Default: `body.query`. */
  readonly query?: string | undefined;
  /** Path of the variables. Default: `body.variables`. */
  readonly variables?: string | undefined;
  /** Path of the name of the operation, where the text has several. Default: `body.operationName`. */
  readonly operationName?: string | undefined;
  /** Path of the data that was returned; then the objects in it are counted, in place of those that the query may return. */
  readonly data?: string | undefined;
  /** `cost`: the sum by the rules below. `calls`: how many connections are read, each once for every object around it. `nodes`: how many objects may be returned. `depth`: how deep fields are nested. Default: `cost`. */
  readonly measure?: 'cost' | 'calls' | 'nodes' | 'depth' | undefined;
  /** Cost of a field without fields of its own. Default: 0. */
  readonly scalar?: number | undefined;
  /** Cost of an object: a field with fields of its own. Default: 1. */
  readonly object?: number | undefined;
  /** Cost of a connection: a field that has one of the page arguments. What is within it counts once for each item of the page. Default: as an object. */
  readonly connection?: number | undefined;
  /** Cost of each field of a mutation. Default: as an object. */
  readonly mutation?: number | undefined;
  /** Costs of single fields by name. */
  readonly fields?: Readonly<Record<string, number>> | undefined;
  /** Fields that cost nothing themselves. Default: `edges`, `pageInfo`. */
  readonly free?: readonly string[] | undefined;
  /** Arguments that say the size of a page. Default: `first`, `last`. */
  readonly pageArguments?: readonly string[] | undefined;
  /** Items of a connection without a page argument: a field that has `nodes` or `edges`. Default: it is no connection, and counts once. */
  readonly page?: number | undefined;
  /** Divides the sum. Default: 1. */
  readonly divide?: number | undefined;
  /** How the quotient becomes whole. Default: `up`. */
  readonly round?: 'up' | 'nearest' | 'none' | undefined;
  /** The least cost. Default: 0. */
  readonly atLeast?: number | undefined;
}

/** The measures of a query, with what each counts. */
export const GRAPHQL_MEASURES = {
  cost: 'the sum of what fields cost',
  calls: 'the connections that are read, each once for every object around it',
  nodes: 'the objects that connections may return',
  depth: 'how deep fields are nested',
} as const;

/** Bound of the work that one query may cause. */
const MAX_TOKENS = 20_000;
const MAX_FIELDS = 100_000;

const FREE = ['edges', 'pageInfo'];
const PAGE_ARGUMENTS = ['first', 'last'];

/** Compiles the cost of a query. It is `undefined` if there is no query, or its text is no GraphQL. */
export function compileGraphQlCost(rules: GraphQlCost): (source: FactSource) => number | undefined {
  const { divide = 1, round = 'up', atLeast = 0, measure = 'cost' } = rules;
  const [query, variables, name] = [
    rules.query ?? 'body.query',
    rules.variables ?? 'body.variables',
    rules.operationName ?? 'body.operationName',
  ].map((path) => path.split('.'));
  const data = rules.data?.split('.');
  return (source) => {
    const text = source.read(query!);
    const document = typeof text === 'string' ? parsed(text) : undefined;
    const operation = document && operationOf(document, source.read(name!));
    if (!operation) return undefined;
    const walk = new Walk(rules, document!, variablesOf(operation, source.read(variables!)));
    const sum =
      measure === 'depth'
        ? walk.depth(operation.selectionSet)
        : data
          ? walk.returned(operation, source.read(data))
          : walk.asked(operation, measure);
    if (sum === undefined) return undefined;
    const share = sum / divide;
    const whole = round === 'up' ? Math.ceil(share - 1e-9) : round === 'nearest' ? Math.round(share) : share;
    return Math.max(atLeast, whole);
  };
}

let parse: ((text: string, options: object) => DocumentNode) | undefined;
let last: { readonly text: string; readonly document: DocumentNode | undefined } | undefined;

/** Several policies ask for the same query. The parser is loaded when a profile first asks for a cost. */
function parsed(text: string): DocumentNode | undefined {
  if (last?.text === text) return last.document;
  parse ??= (createRequire(import.meta.url)('graphql') as { parse: typeof parse }).parse;
  let document: DocumentNode | undefined;
  try {
    document = parse!(text, { noLocation: true, maxTokens: MAX_TOKENS });
  } catch {
    document = undefined;
  }
  last = { text, document };
  return document;
}

function operationOf(document: DocumentNode, name: unknown): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((one) => one.kind === 'OperationDefinition');
  if (typeof name === 'string' && name !== '') return operations.find((one) => one.name?.value === name);
  return operations[0];
}

/** The variables, with the defaults of the operation. */
function variablesOf(operation: OperationDefinitionNode, given: unknown): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    if (defaultValue) values[variable.name.value] = constantOf(defaultValue);
  const sent = typeof given === 'string' ? jsonOf(given) : given;
  return sent !== null && typeof sent === 'object' ? { ...values, ...sent } : values;
}

/** Variables in a query string are JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function constantOf(value: ValueNode): unknown {
  return value.kind === 'IntValue' || value.kind === 'FloatValue' ? Number(value.value) : undefined;
}

/** One walk through the fields of a query. */
class Walk {
  readonly #free: ReadonlySet<string>;
  readonly #pages: readonly string[];
  readonly #fragments: ReadonlyMap<string, SelectionSetNode>;
  readonly #open = new Set<string>();
  #fields = 0;

  constructor(
    readonly rules: GraphQlCost,
    document: DocumentNode,
    readonly variables: Readonly<Record<string, unknown>>,
  ) {
    this.#free = new Set(rules.free ?? FREE);
    this.#pages = rules.pageArguments ?? PAGE_ARGUMENTS;
    this.#fragments = new Map(
      document.definitions
        .filter((one) => one.kind === 'FragmentDefinition')
        .map((one) => [one.name.value, one.selectionSet]),
    );
  }

  /** What the query may return at most. */
  asked(operation: OperationDefinitionNode, measure: 'cost' | 'calls' | 'nodes'): number {
    const isMutation = operation.operation === 'mutation';
    return this.#selection(operation.selectionSet, (field) => this.#field(field, measure, 1, isMutation));
  }

  /** What the query has returned. @param data the `data` of the response */
  returned(operation: OperationDefinitionNode, data: unknown): number | undefined {
    if (data === undefined) return undefined;
    const isMutation = operation.operation === 'mutation';
    return this.#selection(operation.selectionSet, (field) => this.#present(field, data, isMutation));
  }

  /** How deep fields are nested: 1 for a query of scalars. */
  depth(selection: SelectionSetNode): number {
    let deepest = 0;
    this.#each(selection, (field) => {
      const below = field.selectionSet ? this.depth(field.selectionSet) : 0;
      const own = WRAPPERS.has(field.name.value) ? 0 : 1;
      deepest = Math.max(deepest, own + below);
    });
    return deepest;
  }

  /** @param objects how many objects have this field */
  #field(field: FieldNode, measure: 'cost' | 'calls' | 'nodes', objects: number, isRootOfMutation: boolean): number {
    const page = this.#pageOf(field);
    const within = page === undefined ? objects : objects * page;
    const own =
      measure === 'cost'
        ? objects * this.#own(field, page, isRootOfMutation)
        : page === undefined
          ? 0
          : measure === 'calls'
            ? objects
            : within;
    if (!field.selectionSet) return own;
    return own + this.#selection(field.selectionSet, (inner) => this.#field(inner, measure, within, false));
  }

  #own(field: FieldNode, page: number | undefined, isRootOfMutation: boolean): number {
    const { fields, scalar = 0, object = 1, connection = object, mutation = object } = this.rules;
    const name = field.name.value;
    if (fields && Object.hasOwn(fields, name)) return fields[name]!;
    if (isRootOfMutation) return mutation;
    if (page !== undefined) return connection;
    if (this.#free.has(name)) return 0;
    return field.selectionSet ? object : scalar;
  }

  /** The cost of a field in returned data; nothing where the value is null. */
  #present(field: FieldNode, parent: unknown, isRootOfMutation: boolean): number {
    const value =
      parent !== null && typeof parent === 'object'
        ? (parent as Record<string, unknown>)[field.alias?.value ?? field.name.value]
        : undefined;
    if (value === undefined || value === null) return 0;
    const own = this.#own(field, this.#pageOf(field), isRootOfMutation);
    const items = Array.isArray(value) ? value : [value];
    const { selectionSet } = field;
    if (!selectionSet) return own;
    let sum = own * items.length;
    for (const item of items) {
      sum += this.#selection(selectionSet, (inner) => this.#present(inner, item, false));
    }
    return sum;
  }

  /** Items of a page that the field asks for; `undefined` if it has no page argument. */
  #pageOf(field: FieldNode): number | undefined {
    for (const { name, value } of field.arguments ?? []) {
      if (!this.#pages.includes(name.value)) continue;
      const size = value.kind === 'Variable' ? this.variables[value.name.value] : constantOf(value);
      if (typeof size === 'number' && size >= 0) return size;
    }
    return this.rules.page !== undefined && field.selectionSet?.selections.some(isItems) ? this.rules.page : undefined;
  }

  /** Fields add up. Of fragments on different types, an object has one; the most expensive counts. */
  #selection(selection: SelectionSetNode, cost: (field: FieldNode) => number): number {
    let sum = 0;
    const byType = new Map<string, number>();
    for (const one of selection.selections) {
      if (one.kind === 'Field') {
        if (++this.#fields > MAX_FIELDS) return sum;
        sum += cost(one);
        continue;
      }
      const inner = one.kind === 'InlineFragment' ? one.selectionSet : this.#fragments.get(one.name.value);
      if (!inner) continue;
      const key = one.kind === 'InlineFragment' ? (one.typeCondition?.name.value ?? '') : '';
      const amount = this.#guarded(one.kind === 'FragmentSpread' ? one.name.value : undefined, () =>
        this.#selection(inner, cost),
      );
      if (key === '') sum += amount;
      else byType.set(key, (byType.get(key) ?? 0) + amount);
    }
    return sum + Math.max(0, ...byType.values());
  }

  #each(selection: SelectionSetNode, visit: (field: FieldNode) => void): void {
    for (const one of selection.selections) {
      if (one.kind === 'Field') {
        if (++this.#fields > MAX_FIELDS) return;
        visit(one);
        continue;
      }
      const inner = one.kind === 'InlineFragment' ? one.selectionSet : this.#fragments.get(one.name.value);
      if (inner)
        this.#guarded(one.kind === 'FragmentSpread' ? one.name.value : undefined, () => {
          this.#each(inner, visit);
          return 0;
        });
    }
  }

  /** A fragment within itself is not valid GraphQL, and counts once. */
  #guarded(fragment: string | undefined, work: () => number): number {
    if (fragment === undefined) return work();
    if (this.#open.has(fragment)) return 0;
    this.#open.add(fragment);
    const result = work();
    this.#open.delete(fragment);
    return result;
  }
}

/** Whether a selection is the list of a connection's items. */
function isItems(selection: SelectionNode): boolean {
  return selection.kind === 'Field' && (selection.name.value === 'nodes' || selection.name.value === 'edges');
}

/** Fields between a connection and its items, which add no depth. */
const WRAPPERS: ReadonlySet<string> = new Set(['edges', 'node', 'nodes', 'pageInfo']);
