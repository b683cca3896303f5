/**
 * Notices about examples of responses that are not valid by their schemas. They are sent as they are, because they show what the provider sends.
 * @module
 */
import type { OpenApiDocument } from '../document/document.js';
import { escapeKey, isObject, pointerKeys } from '../document/json.js';
import type { DocumentNotice } from '../document/notice.js';
import { examplesAt } from './examples.js';
import { faultOf } from './sample.js';

/** Examples that a start checks; `mock429 validate` checks all. */
export const CHECKED_AT_START = 25;
/** Documents with more operations are not checked at the start at all. */
const LARGE = 500;

/** Notices about the examples of JSON content, in the order of the document. @param most how many examples are checked; `Infinity` for all */
export function exampleNotices(document: OpenApiDocument, most: number): DocumentNotice[] {
  const notices: DocumentNotice[] = [];
  let left = document.operations.length > LARGE && most !== Number.POSITIVE_INFINITY ? 0 : most;
  for (const { media, mediaType } of jsonContent(document)) {
    if (left <= 0) break;
    const holder = document.plain(media);
    const schema =
      isObject(holder) && holder['schema'] !== undefined ? document.canonical(`${media}/schema`) : undefined;
    for (const example of schema === undefined ? [] : examplesAt(document, media)) {
      left -= 1;
      if (left < 0) break;
      const fault = faultOf(document, schema, mediaType, example, true);
      if (fault === undefined) continue;
      const problem = `this example is not valid by its schema (${fault}), and is sent as it is`;
      const fix = 'correct it, or serve with --strict-examples';
      notices.push({ code: 'openapi/faulty-example', at: pointerKeys(example.pointer), problem, fix });
    }
  }
  return notices;
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
