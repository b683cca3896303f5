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
  readonly unit: string;
  readonly partition: string;
}
