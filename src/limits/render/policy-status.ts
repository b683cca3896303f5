/**
 * The status of a policy, as responses report it.
 * @module
 */

/** One policy as a response reports it; amounts in the profile's own units. */
export interface PolicyStatus {
  readonly policy: string;
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: number | null;
  readonly windowSeconds: number;
  /** Units that the request costs by what it asks for. */
  readonly cost: number;
  /** Units that the request was charged, corrected once the response is known; 0 for a refused one, unless refusals are charged. */
  readonly charged: number;
  readonly unit: string;
  readonly partition: string;
}
