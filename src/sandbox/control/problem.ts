/**
 * A request to the control plane (by HTTP or by a method call) that cannot be carried out: which field, what is wrong, what to do. Nothing has changed.
 * @module
 */
export class Problem extends Error {
  override name = 'Problem';

  /**
   * @param status HTTP status that tells it best
   * @param code stable: `unknown-policy` …
   * @param field dotted path of the field at fault, if one is
   */
  constructor(
    readonly status: 400 | 404 | 409 | 413,
    readonly code: string,
    readonly detail: string,
    readonly field?: string,
  ) {
    super(field === undefined ? detail : `${field}: ${detail}`);
  }
}
