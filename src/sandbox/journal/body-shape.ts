/**
 * The shape of a request body: its text without values that a client generates for each attempt. Two attempts at one creation have the same shape, although each has
 * its own timestamp or id.
 * @module
 */

/** ISO 8601 dates and times, UUIDs and ULIDs, epoch seconds to microseconds, long runs of hexadecimal digits. */
const GENERATED =
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\b[\dA-HJKMNP-TV-Z]{26}\b|\b1\d{9}(?:\d{3}){0,2}(?:\.\d+)?\b|\b[\da-f]{16,}\b/gi;

/** In a longer body nothing is replaced. UTF-16 code units. */
const MAX_LENGTH = 64 * 1024;

/** The text with each timestamp and random id replaced by a blank. */
export function bodyShape(text: string): string {
  return text.length > MAX_LENGTH ? text : text.replace(GENERATED, ' ');
}
