/**
 * The status of the answer to a request that violates the document: 415 for a body in another media type, 422 for an operation that documents 422 and not 400,
 * else 400.
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

/** The rules for a document. @param names names of the errors by status: 400, 422, and 415 if bodies in other media types are answered by it */
export function invalidRequestRules(
  document: OpenApiDocument,
  names: Readonly<Record<number, string>>,
): InvalidRequestRule[] {
  const unprocessable = document.operations.filter(({ pointer }) => {
    const responses = document.at(`${pointer}/responses`);
    return isObject(responses) && responses['422'] !== undefined && responses['400'] === undefined;
  });
  const operation = unprocessable.map(({ id }) => id);
  const unsupported = names[415];
  return [
    ...(unsupported === undefined ? [] : [{ keyword: 'media-type', error: unsupported }]),
    ...(operation.length === 0 ? [] : [{ when: { operation }, error: names[422]! }]),
    { error: names[400]! },
  ];
}
