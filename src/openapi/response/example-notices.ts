/**
 * Notices about examples of responses that are not valid by their schemas. They are sent as they are, because they show what the provider sends.
 * @module
 */
import type { OpenApiDocument } from '../document/document.js';
import { escapeKey, isObject, pointerKeys } from '../document/json.js';
import type { DocumentNotice } from '../document/notice.js';
import { madeDataOf } from '../made/made.js';
import { examplesAt } from './examples.js';
import { faultOf } from './sample.js';

/** Examples that a start checks; `mock429 validate` checks all. */
export const CHECKED_AT_START = 25;
/** Documents with more operations are not checked at the start at all. */
const LARGE = 500;
/** Evaluations of schemas after which no more examples are checked: a few seconds. */
const MAX_EVALUATIONS = 3_000_000;
/** Faulty examples after which no more are checked: the reason of each is found by compiling its schema, which takes milliseconds. */
const MAX_FAULTS = 300;

/**
 * Notices about the examples of JSON content, in the order of the document. The work is bounded; the last notice says if it ended before the last example.
 *
 * @param most how many examples are checked; `Infinity` for all
 * @param evaluations how many evaluations of schemas this may take
 */
export function exampleNotices(
  document: OpenApiDocument,
  most: number,
  evaluations = MAX_EVALUATIONS,
): DocumentNotice[] {
  const notices: DocumentNotice[] = [];
  const made = madeDataOf(document);
  const end = made.evaluations + evaluations;
  let left = document.operations.length > LARGE && most !== Number.POSITIVE_INFINITY ? 0 : most;
  for (const { media, mediaType } of jsonContent(document)) {
    if (left <= 0) break;
    const holder = document.plain(media);
    const schema =
      isObject(holder) && holder['schema'] !== undefined ? document.canonical(`${media}/schema`) : undefined;
    for (const example of schema === undefined ? [] : examplesAt(document, media)) {
      left -= 1;
      if (left < 0) break;
      if (made.evaluations >= end || notices.length >= MAX_FAULTS) {
        if (most === Number.POSITIVE_INFINITY) notices.push(unchecked(example.pointer));
        return notices;
      }
      const fault = faultOf(document, schema, mediaType, example, true);
      if (fault === undefined) continue;
      const problem = `this example is not valid by its schema (${fault}), and is sent as it is`;
      const fix = 'correct it, or serve with --strict-examples';
      notices.push({ code: 'openapi/faulty-example', at: pointerKeys(example.pointer), problem, fix });
    }
  }
  return notices;
}

function unchecked(pointer: string): DocumentNotice {
  const problem = 'the examples from here on are not checked, because that would take too long';
  const fix = 'correct the ones above first, or split the document';
  return { code: 'openapi/unchecked-examples', at: pointerKeys(pointer), problem, fix };
}

/** Each media type object of a response, once. */
function* jsonContent(document: OpenApiDocument): Generator<{ readonly media: string; readonly mediaType: string }> {
  const seen = new Set<string>();
  for (const { pointer } of document.operations) {
    const responses = document.at(`${pointer}/responses`);
    for (const status of isObject(responses) ? Object.keys(responses) : []) {
      const response = document.target(document.canonical(`${pointer}/responses/${escapeKey(status)}`));
      if (seen.has(response)) continue;
      seen.add(response);
      const holder = document.plain(response);
      const content = isObject(holder) ? document.follow(holder['content']) : undefined;
      for (const mediaType of isObject(content) ? Object.keys(content) : []) {
        const media = document.target(document.canonical(`${response}/content/${escapeKey(mediaType)}`));
        yield { media, mediaType };
      }
    }
  }
}
