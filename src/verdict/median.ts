/**
 * The median.
 * @module
 */

/** Returns the median, the higher one of two. @param all at least one number, in any order */
export function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[all.length >> 1]!;
}
