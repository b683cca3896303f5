/**
 * Functions that the behaviours on collections share: finding the collection store, showing an item, unique keys.
 * @module
 */

import { dig } from '../../limits/facts.js';
import { compileTemplate, type Scope } from '../../limits/render/template.js';
import { type Item, isRunning, type JobItem, type JobProgress, type NewItem } from '../../state/resources/item.js';
import type { CollectionStore } from '../../state/store.js';
import type { Collection, Context, Life, UniqueRule } from '../behaviour.js';

/** A scope with additional roots, which take precedence. */
export function withScope(scope: Scope, extra: Readonly<Record<string, unknown>>): Scope {
  return (path) => {
    const root = path[0]!;
    if (!Object.hasOwn(extra, root)) return scope(path);
    return path.length === 1 ? extra[root] : dig(extra[root], path, 1);
  };
}

/** A scope with one additional root, which takes precedence. */
export function withRoot(scope: Scope, root: string, value: unknown): Scope {
  return (path) => {
    if (path[0] !== root) return scope(path);
    return path.length === 1 ? value : dig(value, path, 1);
  };
}

/** The store of a collection in the scope of the request. Created with the seed items at first use. */
export function collectionStoreOf(collection: Collection, context: Context): CollectionStore {
  const { id, scope: parts } = collection;
  let scope = '';
  for (let i = 0; i < parts.length; i++) {
    const value = parts[i]!.render(context.scope, context.now);
    scope = i === 0 ? String(value) : `${scope}\n${String(value)}`;
  }
  return context.resources.find(id, scope) ?? context.resources.open(id, scope, seedOf(collection, context));
}

function seedOf(collection: Collection, context: Context): NewItem[] {
  const { now } = context;
  return collection.seed(context).map((data, i) => {
    const createdAt = now - 60_000 * (collection.newestFirst ? i + 1 : 1_000 - i);
    return { ...newItem(collection, context, data), createdAt, updatedAt: createdAt };
  });
}

/** An item that can be added to the collection store. */
export function newItem(
  collection: Collection,
  context: Context,
  data: Record<string, unknown>,
  keys: readonly UniqueKey[] = uniqueKeys(collection, data),
  job?: JobProgress,
): NewItem {
  const { now } = context;
  const id = String(collection.idOf.render(withRoot(context.scope, 'item', data), now));
  return { id, createdAt: now, updatedAt: now, data, uniqueKeys: keysOf(keys), job };
}

/** The data as JSON, for compact storage; `undefined` if it cannot be serialised, for example because it is nested too deep. */
export function jsonOf(data: Record<string, unknown>): string | undefined {
  try {
    return JSON.stringify(data);
  } catch {
    return undefined;
  }
}

/** The credential that an item with this data represents; `undefined` if the collection's items are not credentials. */
export function credentialOf({ credential }: Collection, data: unknown, { scope, now }: Context): string | undefined {
  const text = credential?.render(withRoot(scope, 'item', data), now);
  return typeof text === 'string' ? text : undefined;
}

/** Accepts a new item's credential from now on, if the collection's items are credentials. */
export function issue(collection: Collection, item: Item, context: Context): void {
  const credential = credentialOf(collection, item.data, context);
  const { resources, facts } = context;
  if (credential === undefined || !facts.caller) return;
  resources.credentials.set(credential, { account: facts.caller.account, revoked: false });
}

/** Rejects a removed item's credential from now on. Seed items were never issued as credentials. */
export function revoke(collection: Collection, item: Item, context: Context): void {
  const credential = credentialOf(collection, item.data, context);
  const issued = credential === undefined ? undefined : context.resources.credentials.get(credential);
  if (issued) context.resources.credentials.set(credential!, { ...issued, revoked: true });
}

/** Compiles the template of a new item's data. The fields of a map are rendered in order, and may use those above as `item.…`. */
export function compileItem(source: unknown): (scope: Scope, now: number) => Record<string, unknown> {
  if (source === null || typeof source !== 'object' || Array.isArray(source)) {
    const whole = compileTemplate(source);
    return (scope, now) => whole.render(scope, now) as Record<string, unknown>;
  }
  const fields = Object.entries(source).map(([name, template]) => [name, compileTemplate(template)] as const);
  return (scope, now) => {
    const item: Record<string, unknown> = {};
    const inner = withRoot(scope, 'item', item);
    for (let i = 0; i < fields.length; i++) {
      const value = fields[i]![1].render(inner, now);
      if (value !== undefined) item[fields[i]![0]] = value;
    }
    return item;
  };
}

/** A unique key of an item. */
export interface UniqueKey {
  readonly key: string;
  /** Whether the key must be unique for this item. */
  readonly held: boolean;
  readonly error: string;
}

const NONE: readonly never[] = [];

/** Compiles a uniqueness rule, whose paths are written with dots. */
export function compileUnique(spec: {
  readonly fields: readonly string[];
  readonly unless: readonly string[];
  readonly error: string;
}): UniqueRule {
  const parts = (path: string) => path.split('.');
  return { fields: spec.fields.map(parts), unless: spec.unless.map(parts), error: spec.error };
}

/** The keys of an item: one for each rule whose fields it has. */
export function uniqueKeys({ unique }: Collection, data: Record<string, unknown>): readonly UniqueKey[] {
  if (unique.length === 0) return NONE;
  const keys: UniqueKey[] = [];
  for (let i = 0; i < unique.length; i++) {
    const { fields, unless, error } = unique[i]!;
    const key = keyOf(i, fields, data);
    if (key !== undefined) keys.push({ key, held: !unless.some((field) => isPresent(dig(data, field))), error });
  }
  return keys;
}

/** The key of a rule: JSON of its index and the values; `undefined` if a value is missing. */
function keyOf(rule: number, fields: UniqueRule['fields'], data: unknown): string | undefined {
  let key = `[${rule}`;
  for (const field of fields) {
    const value = dig(data, field);
    if (!isPresent(value)) return undefined;
    key += `,${JSON.stringify(value)}`;
  }
  return `${key}]`;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The keys as texts. */
export function keysOf(keys: readonly UniqueKey[]): readonly string[] {
  return keys.length === 0 ? NONE : keys.map(({ key }) => key);
}

/** The item as a response shows it. A job is shown in its current state. */
export function viewOf(collection: Collection, item: Item, { scope, now }: Pick<Context, 'scope' | 'now'>): unknown {
  const { life } = collection;
  if (!life || !item.job) return item.data;
  const state = stateOf(collection, item as JobItem, now);
  const view = life.views.get(state) ?? life.views.get(life.outcome);
  if (!view) return { ...item.data, status: state };
  return view.render(withJob(scope, item as JobItem, state), now);
}

/** The data that conditions on an item are tested against. */
export function visibleData(collection: Collection, item: Item, context: Context): unknown {
  return item.job ? viewOf(collection, item, context) : item.data;
}

/** The current state of a job. */
export function stateOf({ life }: Collection, { job }: JobItem, now: number): string {
  return isRunning(job, now) ? life!.running : job.outcome;
}

/** The states in which jobs may end, the default one first. */
export function endStates({ running, outcome, views }: Life): string[] {
  return [...new Set([outcome, ...views.keys()])].filter((state) => state !== running);
}

/** A scope with the roots `item` and `job`. */
function withJob(scope: Scope, item: JobItem, state: string): Scope {
  const { data } = item;
  return (path) => {
    const root = path[0];
    if (root === 'item') return path.length === 1 ? data : dig(data, path, 1);
    if (root !== 'job') return scope(path);
    const facts = jobFacts(item, state);
    return path.length === 1 ? facts : dig(facts, path, 1);
  };
}

function jobFacts({ job, createdAt }: JobItem, state: string): Record<string, unknown> {
  return {
    state,
    createdAt,
    endsAt: job.endsAt ?? undefined,
    seconds: job.endsAt === null ? undefined : Math.round((job.endsAt - createdAt) / 100) / 10,
  };
}
