/**
 * Entity tags (RFC 9110 section 8.8.3): strong tags made from the text of a body, and `If-None-Match`.
 * @module
 */
import { hash } from 'node:crypto';

/** The latest text and its tag: a client that polls mostly gets the same body again. */
let lastText = '';
let lastTag = tagOf('');
/** Tags of other texts. The map is cleared when it reaches a bound. */
const tags = new Map<string, string>();
/** Characters of the texts in `tags`. */
let tagged = 0;
const MAX_TAGS = 1_000;
const MAX_TAGGED_LENGTH = 1_000_000;

/** The strong entity tag of a body, in quotes; the same text always has the same tag. */
export function entityTag(text: string): string {
  if (text !== lastText) {
    lastTag = tags.get(text) ?? newTag(text);
    lastText = text;
  }
  return lastTag;
}

function newTag(text: string): string {
  const tag = tagOf(text);
  if (text.length > MAX_TAGGED_LENGTH) return tag;
  tagged += text.length;
  if (tags.size === MAX_TAGS || tagged > MAX_TAGGED_LENGTH) {
    tags.clear();
    tagged = text.length;
  }
  tags.set(text, tag);
  return tag;
}

function tagOf(text: string): string {
  return `"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
}

/** Whether an `If-None-Match` field matches the tag: `*`, or a list of tags compared weakly (RFC 9110 section 13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
