/**
 * Binary search.
 * @module
 */

/**
 * Returns the index of the first item that passes the test; the length of the list if none does.
 * @param sorted items that pass come after all others
 */
export function firstIndex<T>(sorted: readonly T[], passes: (item: T) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
