/**
 * Checks operations and collections.
 * @module
 */
import { behaviour as behaviourNamed } from '../../behaviours/index.js';
import { HEADER_TEXT } from '../../limits/render/header-text.js';
import { exampleNames } from '../../openapi/response/examples.js';
import { suggest } from '../errors.js';
import { BEHAVIOUR_ROOTS, type Checker, COMMON_ROOTS } from './checker.js';

/** Checks collections, the cache, idempotency and request ids. */
export function checkLibrary({ profile, add, named, condition, template, checkHeaderName }: Checker): void {
  const { cache, idempotency, requestId } = profile;
  for (const id of cache && cache.operations !== 'all' ? cache.operations : [])
    named('operation', id, ['cache', 'operations']);
  for (const id of cache?.bypass ?? []) named('operation', id, ['cache', 'bypass']);
  for (const id of idempotency?.operations ?? []) named('operation', id, ['idempotency', 'operations']);
  named('error', idempotency?.conflict, ['idempotency', 'conflict']);
  condition(idempotency?.stores, ['idempotency', 'stores'], 'response');
  template(idempotency?.headers, ['idempotency', 'headers'], COMMON_ROOTS);
  for (const name of Object.keys(idempotency?.headers ?? {})) checkHeaderName(name, ['idempotency', 'headers', name]);
  checkHeaderName(requestId?.header, ['requestId', 'header']);
  checkHeaderName(cache?.header, ['cache', 'header']);
  template(requestId?.template, ['requestId', 'template'], COMMON_ROOTS);
  if (requestId?.header !== undefined && !HEADER_TEXT.test(requestId.template))
    add(
      'bad-value',
      ['requestId', 'template'],
      `${JSON.stringify(requestId.template)} cannot stand in a header`,
      'use one line of ASCII text',
    );
  for (const [id, collection] of Object.entries(profile.collections)) {
    const path = ['collections', id];
    for (const [i, { error }] of collection.unique.entries()) named('error', error, [...path, 'unique', i, 'error']);
    template(collection.scope, [...path, 'scope'], BEHAVIOUR_ROOTS);
    template(collection.id, [...path, 'id'], BEHAVIOUR_ROOTS);
    template(collection.credential, [...path, 'credential'], BEHAVIOUR_ROOTS);
    template(
      Array.isArray(collection.seed) ? collection.seed : collection.seed.item,
      [...path, 'seed'],
      BEHAVIOUR_ROOTS,
    );
    template(collection.life?.views, [...path, 'life', 'views'], BEHAVIOUR_ROOTS);
  }
}

/** Checks operations: their behaviours' options and their requirements. */
export function checkOperations({ profile, document, add, named, condition, template, quantity }: Checker): void {
  for (const [id, spec] of Object.entries(profile.operations)) {
    const path = ['operations', id];
    named('operation', id, path);
    const { behaviour: name, requires, evidence: _, ...options } = spec;
    const used = behaviourNamed(name as 'example');
    const references = used.references?.(options) ?? {};
    const locatePath = (value: unknown) => [...path, ...(locate(options, value) ?? [])];
    for (const collection of references.collections ?? []) named('collection', collection, locatePath(collection));
    for (const error of references.errors ?? []) named('error', error, locatePath(error));
    for (const collection of references.lives ?? []) {
      if (profile.collections[collection] && !profile.collections[collection].life)
        add(
          'no-life',
          locatePath(collection),
          `the items of "${collection}" have no life, as ${name} needs`,
          'give the collection a life',
        );
    }
    const operation = document.operations.find((one) => one.id === id);
    const examples = operation ? exampleNames(document, operation) : [];
    for (const example of references.examples ?? []) {
      if (operation && !examples.includes(example))
        add(
          'unknown-example',
          locatePath(example),
          `the document has no example "${example}" for it`,
          suggest(example, examples),
        );
    }
    for (const given of used.templates?.(options) ?? []) template(given, locatePath(given), BEHAVIOUR_ROOTS);
    for (const given of used.conditions?.(options) ?? []) condition(given, locatePath(given));
    for (const given of used.quantities?.(options) ?? []) quantity(given, locatePath(given));
    for (const [i, requirement] of requires.entries()) {
      condition(requirement.when, [...path, 'requires', i, 'when']);
      named('error', requirement.error, [...path, 'requires', i, 'error']);
      named('collection', requirement.item?.collection, [...path, 'requires', i, 'item', 'collection']);
      template(requirement.item?.id, [...path, 'requires', i, 'item', 'id'], BEHAVIOUR_ROOTS);
      for (const key of ['same', 'anyOf'] as const)
        for (const [j, at] of (requirement[key] ?? []).entries())
          template(`\${${at}}`, [...path, 'requires', i, key, j], BEHAVIOUR_ROOTS);
    }
  }
}

/** The path of a value within the options. If the value occurs several times, the first occurrence. */
function locate(options: unknown, value: unknown): PropertyKey[] | undefined {
  if (options === value) return [];
  if (options === null || typeof options !== 'object') return undefined;
  for (const [key, inner] of Object.entries(options)) {
    const path = locate(inner, value);
    if (path) return [Array.isArray(options) ? Number(key) : key, ...path];
  }
  return undefined;
}
