/**
 * Lists grouped by key.
 * @module
 */

/** Returns the list of a key. Creates an empty list if the key has none. */
export function listIn<K, T>(lists: Map<K, T[]>, key: K): T[] {
  const known = lists.get(key);
  if (known) return known;
  const created: T[] = [];
  lists.set(key, created);
  return created;
}

/** Groups items by key. Keys are in the order of their first items; items keep their order. */
export function groupBy<K, T>(all: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const lists = new Map<K, T[]>();
  for (const item of all) listIn(lists, keyOf(item)).push(item);
  return lists;
}
