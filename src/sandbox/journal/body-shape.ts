/**
 * A request body without what a client makes anew for each try. Two tries of one creation have the same shape, though each carries its own timestamp or id.
 * @module
 */

/** ISO 8601 dates and times, UUIDs and ULIDs, epoch seconds to microseconds, long runs of hexadecimal digits. */
const FRESH =
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\b[\dA-HJKMNP-TV-Z]{26}\b|\b1\d{9}(?:\d{3}){0,2}(?:\.\d+)?\b|\b[\da-f]{16,}\b/gi;

/** Longest body that is looked into; a longer one is its own shape. */
const MAX_LENGTH = 64 * 1024;

/** The text with each timestamp and random id replaced by a blank. */
export function bodyShape(text: string): string {
  return text.length > MAX_LENGTH ? text : text.replace(FRESH, ' ');
}
