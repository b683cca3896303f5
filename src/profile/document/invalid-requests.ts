/**
 * The status of the answer to a request that violates the document: 415 for its media type, 422 for an operation that documents 422 and not 400, else 400.
 * @module
 */
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject } from '../../openapi/document/json.js';

/** A rule of a profile: which error is sent for which violations. */
export interface InvalidRequestRule {
  when?: { operation: string[] };
  keyword?: string;
  error: string;
}

/** The rules for a document. @param names names of the errors by status: 400, 422, and 415 if a media type that the document does not have is to be refused with it */
export function invalidRequestRules(
  document: OpenApiDocument,
  names: Readonly<Record<number, string>>,
): InvalidRequestRule[] {
  const unprocessable = document.operations.filter(({ pointer }) => {
    const responses = document.at(`${pointer}/responses`);
    return isObject(responses) && responses['422'] !== undefined && responses['400'] === undefined;
  });
  const type = names[415] === undefined ? [] : [{ keyword: 'media-type', error: names[415] }];
  const invalid = { error: names[400]! };
  const operation = unprocessable.map(({ id }) => id);
  const others = operation.length === 0 ? [] : [{ when: { operation }, error: names[422]! }];
  return [...type, ...others, invalid];
}
