/**
 * Entity tags (RFC 9110 section 8.8.3): strong tags made from the text of a body, and `If-None-Match`.
 * @module
 */
import { hash } from 'node:crypto';
import { memoiseLast, memoiseText } from '../../../runtime/memoise.js';

/** In characters of all bodies whose tags are cached. */
const MAX_TAGGED_LENGTH = 1_000_000;

/** The strong entity tag of a body, in quotes; the same text always has the same tag. */
export const entityTag: (text: string) => string = memoiseLast(
  // The outer memo serves a client that polls: it mostly gets the same body again, which is found without hashing it.
  memoiseText((text) => `"${hash('sha256', text, 'base64url').slice(0, 27)}"`, {
    max: 1_000,
    maxLength: MAX_TAGGED_LENGTH,
    maxTotalLength: MAX_TAGGED_LENGTH,
  }),
);

/** Whether an `If-None-Match` field matches the tag: `*`, or a list of tags compared weakly (RFC 9110 section 13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
