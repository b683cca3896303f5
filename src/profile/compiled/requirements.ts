/**
 * Compiles requirements: what an operation requires besides a request that is valid by the document.
 * @module
 */
import type { Collection, Context, Failure } from '../../behaviours/behaviour.js';
import { collectionStoreOf } from '../../behaviours/collections/shared.js';
import { dig } from '../../limits/facts.js';
import { compileTemplate } from '../../limits/render/template.js';
import { compileCondition } from '../../limits/rules/matching.js';
import type { Profile } from '../schema/schema.js';

/** Tests a request. @returns the error if the requirement is not met */
export type Requirement = (context: Context) => Failure | undefined;

type Spec = Profile['operations'][string]['requires'][number];

/** Compiles a requirement. */
export function compileRequirement(spec: Spec, collections: ReadonlyMap<string, Collection>): Requirement {
  const { error } = spec;
  const applies = spec.when && compileCondition(spec.when);
  const parts = [
    spec.item && itemExists(spec.item, error, collections),
    spec.sum && addsUp(spec.sum, error),
    spec.distinct && differs(spec.distinct, error),
    spec.anyOf && anyIsPresent(spec.anyOf, error),
    spec.same && agrees(spec.same, error),
    spec.each && eachHas(spec.each, error),
  ].filter((part) => part !== undefined);
  return (context) => {
    if (applies && !applies(context.facts)) return undefined;
    for (const part of parts) {
      const failure = part(context);
      if (failure) return failure;
    }
    return undefined;
  };
}

function itemExists(
  { collection, id }: NonNullable<Spec['item']>,
  error: string,
  collections: ReadonlyMap<string, Collection>,
): Requirement {
  const template = compileTemplate(id);
  return (context) => {
    const wanted = String(template.render(context.scope, context.now));
    return collectionStoreOf(collections.get(collection)!, context).has(wanted)
      ? undefined
      : { error, detail: { id: wanted } };
  };
}

function addsUp({ list, of, equals }: NonNullable<Spec['sum']>, error: string): Requirement {
  const valuesOf = values(list, of);
  return ({ body }) => {
    let total = 0;
    for (const value of valuesOf(body)) total += Number(value);
    return total === equals ? undefined : { error, detail: { total } };
  };
}

function differs({ list, of }: NonNullable<Spec['distinct']>, error: string): Requirement {
  const valuesOf = values(list, of);
  return ({ body }) => {
    const seen = new Set<unknown>();
    for (const value of valuesOf(body)) {
      if (seen.has(value) && value !== undefined) return { error, detail: { value } };
      seen.add(value);
    }
    return undefined;
  };
}

function anyIsPresent(anyOf: readonly string[], error: string): Requirement {
  const paths = anyOf.map((path) => path.split('.'));
  return ({ scope }) => (paths.every((path) => isAbsent(scope(path))) ? { error } : undefined);
}

function agrees(same: readonly string[], error: string): Requirement {
  const paths = same.map((path) => path.split('.'));
  return ({ scope }) => {
    const given = paths.map((path) => scope(path)).filter((value) => !isAbsent(value));
    return new Set(given.map(String)).size > 1 ? { error } : undefined;
  };
}

function eachHas({ list, where = {}, anyOf }: NonNullable<Spec['each']>, error: string): Requirement {
  const listOf = entries(list);
  const conditions = Object.entries(where).map(([field, wanted]) => ({ path: field.split('.'), wanted }));
  const paths = anyOf.map((field) => field.split('.'));
  return ({ body }) => {
    const index = listOf(body).findIndex(
      (entry) =>
        conditions.every(({ path, wanted }) => wanted.includes(String(dig(entry, path)))) &&
        paths.every((path) => isAbsent(dig(entry, path))),
    );
    return index >= 0 ? { error, detail: { index } } : undefined;
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function values(list: string, field: string): (body: unknown) => unknown[] {
  const listOf = entries(list);
  const path = field.split('.');
  return (body) => listOf(body).map((entry) => dig(entry, path));
}

/** The list at a path of a body. `$` is the body itself. */
function entries(path: string): (body: unknown) => unknown[] {
  const parts = path === '$' ? [] : path.split('.');
  return (body) => {
    const list = dig(body, parts);
    return Array.isArray(list) ? list : [];
  };
}
