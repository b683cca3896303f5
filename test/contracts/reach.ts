/**
 * How to get at a policy: the plain request that it charges, and a client whose other policies stay out of the way.
 * @module
 */
import type { Policy } from '../../src/limits/policy.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import { Client } from './client.js';
import { type KeyFamily, type Plain, plainRequests } from './requests.js';

/** A policy, and the request by which it is reached. */
export interface Reach {
  readonly provider: Provider;
  readonly policy: Policy;
  readonly plain: Plain;
  readonly family: KeyFamily | undefined;
  /** What one request takes. */
  readonly cost: number;
  /** Units that the policy allows. */
  readonly limit: number;
}

/** More than any test sends. */
const PLENTY = 1_000_000;
/** A policy that is exhausted by more requests than this is filled up first, unless the filling is what is looked at. */
const MANY = 130;

/** The `many` with which `exhaust` fills nearly every policy by requests alone. */
export const ALL = 1_500;

/** `undefined` where no plain request is charged by the policy. */
export function reach(provider: Provider, policy: Policy): Reach | undefined {
  for (const plain of plainRequests(provider)) {
    for (const family of plain.families) {
      const client = new Client(provider, plain, family);
      const off = provider.profile.policies[policy.id]!.quota === 'none';
      if (off) client.quotas({ [policy.id]: PLENTY });
      const cost = client.send({ hold: true }).decision(policy.id)?.charged ?? 0;
      if (cost === 0) continue;
      // One that is off unless an account sets it gets a limit of three requests.
      const limit = off ? 3 * cost : (client.send({ hold: true }).decision(policy.id)?.limit ?? 0);
      return { provider, policy, plain, family, cost, limit };
    }
  }
  return undefined;
}

/** A client for whom this policy is the only one that can run out. */
export function clientOf({ provider, policy, plain, family, limit }: Reach, quota = limit): Client {
  const client = new Client(provider, plain, family);
  const others = Object.keys(provider.profile.policies).filter((id) => id !== policy.id);
  const own = quota === provider.profile.policies[policy.id]!.quota ? {} : { [policy.id]: quota };
  client.quotas({ ...Object.fromEntries(others.map((id) => [id, PLENTY])), ...own });
  return client;
}

/** Takes all there is, and tells what the last admitted request got. The responses of what counts requests in flight are not taken off. */
export function exhaust(client: Client, { policy, limit, cost }: Reach, many = MANY) {
  const hold = policy.kind === 'lease';
  let times = Math.floor(limit / cost);
  let last = client.send({ hold });
  times -= 1;
  if (times > many) {
    client.sandbox.setQuota({ id: client.bucket(policy.id)!.id, used: limit - 3 * cost });
    times = 3;
  }
  const admitted = [last];
  for (; times > 0; times--) {
    last = client.send({ hold });
    admitted.push(last);
  }
  return { last, admitted };
}
