/**
 * Lists by key.
 * @module
 */

/** The list of that key; makes an empty one where there is none. */
export function listIn<K, T>(lists: Map<K, T[]>, key: K): T[] {
  const known = lists.get(key);
  if (known) return known;
  const created: T[] = [];
  lists.set(key, created);
  return created;
}

/** In the order of their first members. */
export function groupBy<K, T>(all: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const lists = new Map<K, T[]>();
  for (const item of all) listIn(lists, keyOf(item)).push(item);
  return lists;
}
