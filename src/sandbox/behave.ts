/**
 * What an admitted request gets: the document's checks, the profile's guards and requirements, then the operation's behaviour.
 * @module
 */
import type { Context, Failure, Reply } from '../behaviours/behaviour.js';

import { shelfOf } from '../behaviours/collections.js';
import { type Lease, replaceLeases } from '../limits/algorithms/concurrency.js';
import { dig } from '../limits/facts.js';
import { compileCondition } from '../limits/matching.js';
import { compileTemplate } from '../limits/render/template.js';
import type { Match } from '../openapi/router.js';
import type { Guard } from '../profile/provider.js';
import type { JobItem } from '../state/resources.js';
import { type Core, instantOf } from './core.js';
import type { Exchange } from './exchange-state.js';
import type { Request } from './request.js';
import { tellEnd } from './webhooks.js';
import type { World } from './world.js';
import { keep, replay } from './wrappers.js';

/** Runs the operation. */
export function behave(one: Exchange, match: Match): Reply {
  const { world, request, source } = one;
  const { provider } = world;
  const { operation } = match;
  const early = guarded(provider.guards.early, request);
  if (early) return early;
  const checked = provider.validator(operation)(request);
  if (checked.violations.length > 0) {
    const { error, violation } = provider.violationError(checked.violations, (when) => when(request));
    return { error, detail: { violation: { ...violation } } };
  }
  source.checked = checked;
  const late = guarded(provider.guards.late, request);
  if (late) return late;
  const { requires, run } = provider.behaviour(operation);
  const context = createContext(one, match);
  for (const requirement of requires) {
    const failure = unmet(requirement, context, world);
    if (failure) return failure;
  }
  const last = guarded(provider.guards.last, request);
  if (last) return last;
  const repeated = replay(world, request, context.now);
  if (repeated) return repeated;
  const reply = run(context);
  keep(world, request, reply, context.now);
  return reply;
}

function guarded(guards: readonly Guard[], request: Request): Failure | undefined {
  if (guards.length === 0) return undefined;
  const guard = guards.find(({ when }) => when(request));
  return guard && { error: guard.error };
}

type Requirement = World['provider']['profile']['operations'][string]['requires'][number];

function unmet(requirement: Requirement, context: Context, { provider }: World): Failure | undefined {
  const { when, item, sum, distinct, anyOf, same, each, error } = requirement;
  if (when && !compileCondition(when)(context.facts)) return undefined;
  if (item) {
    const collection = provider.collections.get(item.collection)!;
    const id = String(compileTemplate(item.id).render(context.scope, context.now));
    if (!shelfOf(collection, context).items.has(id)) return { error, detail: { id } };
  }
  if (sum) {
    const total = values(context.body, sum.list, sum.of).reduce<number>((all, value) => all + Number(value), 0);
    if (total !== sum.equals) return { error, detail: { total } };
  }
  if (distinct) {
    const given = values(context.body, distinct.list, distinct.of);
    const twice = given.find((value, i) => given.indexOf(value) !== i);
    if (twice !== undefined) return { error, detail: { value: twice } };
  }
  if (anyOf?.every((path) => isAbsent(context.scope(path.split('.'))))) return { error };
  if (same) {
    const given = same.map((path) => context.scope(path.split('.'))).filter((value) => !isAbsent(value));
    if (new Set(given.map(String)).size > 1) return { error };
  }
  if (each) {
    const entries = listAt(context.body, each.list);
    const meant = Object.entries(each.where ?? {});
    const index = entries.findIndex(
      (entry) =>
        meant.every(([field, values]) => values.includes(String(dig(entry, field.split('.'))))) &&
        each.anyOf.every((field) => isAbsent(dig(entry, field.split('.')))),
    );
    if (index >= 0) return { error, detail: { index } };
  }
  return undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function values(body: unknown, list: string, field: string): unknown[] {
  return listAt(body, list).map((entry) => dig(entry, field.split('.')));
}

/** `$` is the body itself. */
function listAt(body: unknown, path: string): unknown[] {
  const list = path === '$' ? body : dig(body, path.split('.'));
  return Array.isArray(list) ? list : [];
}

function createContext({ core, world, request, source, scope, instant }: Exchange, { operation }: Match): Context {
  return {
    facts: request,
    operation,
    now: instant.now,
    query: source.checked!.query,
    body: source.checked!.body,
    resources: world.resources,
    ids: world.ids,
    scope,
    compress: world.provider.compress,
    jobDefaults: world.jobDefaults,
    jobStarted: (collection, item) => core.jobs.started(world, collection.id, item),
    jobMoved: (item) => moveJob(core, world, item),
    webhook: (collection, item, url) =>
      tellEnd(core, world, collection, item, { url, base: String(scope(['request', 'base'])) }),
  };
}

/** Gives the units that a request reserved to the jobs that it made, or back if it made none. */
export function holdJobs(
  core: Core,
  world: World,
  buckets: readonly Held[],
  lease: string,
  jobs: readonly JobItem[],
): void {
  for (const { policy, partition } of buckets) {
    for (const { job } of jobs) job.holds = [...job.holds, { policy: policy.id, partition }];
    const leases = jobs.map(({ id, job }): Lease => ({ id, until: job.endsAt }));
    world.store.transact(
      [{ policy, partition }],
      ([state]) => [state && replaceLeases(state as Lease[], lease, leases)],
      instantOf(core),
    );
  }
}

export interface Held {
  readonly policy: World['provider']['policies'][number];
  readonly partition: string;
}

/** Brings what the job holds, and its webhook, into line with an end that has moved. */
export function moveJob(core: Core, world: World, item: JobItem): void {
  const lease: Lease = { id: item.id, until: item.job.endsAt };
  for (const { policy: id, partition } of item.job.holds) {
    const policy = world.provider.policy.get(id);
    if (policy)
      world.store.transact(
        [{ policy, partition }],
        ([state]) => [replaceLeases((state ?? []) as Lease[], item.id, [lease])],
        instantOf(core),
      );
  }
  world.webhooks.get(item.id)?.schedule();
  core.jobs.moved(world, item);
}
