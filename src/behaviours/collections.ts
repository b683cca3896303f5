/**
 * What the behaviours on collections share: finding the shelf, showing an item, unique keys.
 * @module
 */
import { dig } from '../limits/facts.js';
import { compileTemplate, type Scope } from '../limits/render/template.js';
import { type Item, isRunning, type JobItem, type NewItem, type Shelf } from '../state/resources.js';
import type { Collection, Context, Life } from './behaviour.js';

/** The scope with more roots in front. */
export function withScope(scope: Scope, extra: Readonly<Record<string, unknown>>): Scope {
  return (path) => {
    const root = path[0]!;
    if (!Object.hasOwn(extra, root)) return scope(path);
    return path.length === 1 ? extra[root] : dig(extra[root], path.slice(1));
  };
}

export function shelfOf(collection: Collection, context: Context): Shelf {
  const { scope: parts } = collection;
  const scope =
    parts.length === 1
      ? String(parts[0]!.render(context.scope, context.now))
      : parts.map((template) => String(template.render(context.scope, context.now))).join('\n');
  return context.resources.shelf(collection.id, scope, () =>
    collection
      .seed(context)
      .map((data, i) =>
        newItem(collection, context, data, context.now - 60_000 * (collection.newestFirst ? i + 1 : 1_000 - i)),
      ),
  );
}

/** An item ready to be put on the shelf. */
export function newItem(
  collection: Collection,
  context: Context,
  data: Record<string, unknown>,
  createdAt = context.now,
): NewItem {
  const id = String(collection.idOf.render(withScope(context.scope, { item: data }), context.now));
  return { id, createdAt, updatedAt: createdAt, data, uniqueKeys: uniqueKeys(collection, data).map(({ key }) => key) };
}

/** The credential that an item with such data is, where the collection's items are credentials. */
export function credentialOf({ credential }: Collection, data: unknown, { scope, now }: Context): string | undefined {
  const text = credential?.render(withScope(scope, { item: data }), now);
  return typeof text === 'string' ? text : undefined;
}

/** Lets in who shows the new item, where the collection's items are credentials. */
export function issue(collection: Collection, item: Item, context: Context): void {
  const credential = credentialOf(collection, item.data, context);
  const { resources, facts } = context;
  if (credential === undefined || !facts.caller) return;
  resources.credentials.set(credential, { account: facts.caller.account, revoked: false });
}

/** Turns away who shows an item that is gone. Items that were there to begin with were nobody's credential. */
export function revoke(collection: Collection, item: Item, context: Context): void {
  const credential = credentialOf(collection, item.data, context);
  const issued = credential === undefined ? undefined : context.resources.credentials.get(credential);
  if (issued) context.resources.credentials.set(credential!, { ...issued, revoked: true });
}

/** Makes a new item's data. Of a map the fields are made in their order, and may name those above them as `item.…`. */
export function compileItem(source: unknown): (scope: Scope, now: number) => Record<string, unknown> {
  if (source === null || typeof source !== 'object' || Array.isArray(source)) {
    const whole = compileTemplate(source);
    return (scope, now) => whole.render(scope, now) as Record<string, unknown>;
  }
  const fields = Object.entries(source).map(([name, template]) => [name, compileTemplate(template)] as const);
  return (scope, now) => {
    const item: Record<string, unknown> = {};
    const inner = withScope(scope, { item });
    for (const [name, template] of fields) {
      const value = template.render(inner, now);
      if (value !== undefined) item[name] = value;
    }
    return item;
  };
}

export interface UniqueKey {
  readonly key: string;
  /** Whether the item may not share it. */
  readonly held: boolean;
  readonly error: string;
}

/** One key per rule whose fields the item has. */
export function uniqueKeys(collection: Collection, data: Record<string, unknown>): UniqueKey[] {
  const has = (field: string) => (dig(data, field.split('.')) ?? undefined) !== undefined;
  return collection.unique.flatMap(({ fields, unless, error }, i) => {
    if (!fields.every(has)) return [];
    const values = fields.map((field) => dig(data, field.split('.')));
    return [{ key: JSON.stringify([i, ...values]), held: !unless.some(has), error }];
  });
}

/** The item as a response shows it: a job by its state at the moment. */
export function viewOf(collection: Collection, item: Item, { scope, now }: Pick<Context, 'scope' | 'now'>): unknown {
  const { life } = collection;
  if (!life || !item.job) return item.data;
  const state = stateOf(collection, item as JobItem, now);
  const view = life.views.get(state) ?? life.views.get(life.outcome);
  if (!view) return { ...item.data, status: state };
  return view.render(withScope(scope, { item: item.data, job: jobFacts(item as JobItem, state) }), now);
}

export function stateOf({ life }: Collection, { job }: JobItem, now: number): string {
  return isRunning(job, now) ? life!.running : job.outcome;
}

/** The states that its jobs may end in, the usual one first. */
export function endStates({ running, outcome, views }: Life): string[] {
  return [...new Set([outcome, ...views.keys()])].filter((state) => state !== running);
}

function jobFacts({ job, createdAt }: JobItem, state: string): Record<string, unknown> {
  return {
    state,
    createdAt,
    endsAt: job.endsAt ?? undefined,
    seconds: job.endsAt === null ? undefined : Math.round((job.endsAt - createdAt) / 100) / 10,
  };
}
