/**
 * Lists by key.
 * @module
 */

/** The list of that key; makes an empty one where there is none. */
export function listIn<K, T>(lists: Map<K, T[]>, key: K): T[] {
  const known = lists.get(key);
  if (known) return known;
  const made: T[] = [];
  lists.set(key, made);
  return made;
}

/** In the order of their first members. */
export function groupBy<K, T>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const lists = new Map<K, T[]>();
  for (const one of all) listIn(lists, keyOf(one)).push(one);
  return lists;
}
