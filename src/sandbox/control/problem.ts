/**
 * The error of control operations.
 * @module
 */

/** A control operation (over HTTP or by a method call) was rejected: which field, what is wrong, how to fix it. The operation changed nothing. */
export class Problem extends Error {
  override name = 'Problem';

  /**
   * @param status HTTP status of the response
   * @param code stable machine-readable code: `unknown-policy` …
   * @param detail what is wrong and how to fix it
   * @param field dotted path of the invalid field, if there is one
   */
  constructor(
    readonly status: 400 | 404 | 409 | 413 | 503,
    readonly code: string,
    readonly detail: string,
    readonly field?: string,
  ) {
    super(field === undefined ? detail : `${field}: ${detail}`);
  }
}
