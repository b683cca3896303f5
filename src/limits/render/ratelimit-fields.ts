/**
 * The fields `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers, in the revisions that differ on the wire.
 *
 * Revision 11 (23 May 2026; revision 10 is the same on the wire) has lists of named policies: `"minute";r=50;t=30`. Revision 7 reports one policy as a dictionary,
 * `limit=100, remaining=50, reset=30`, and its policies have no names: `100;w=60`. Revision 6 has the same policies, and a field each for limit, remaining and reset.
 * All are structured fields, whose numbers are non-negative integers here.
 * @module
 */
import type { PolicyStatus } from './policy-status.js';
import { type BareItem, MAX_INTEGER, serializeItem, serializeList } from './structured-fields.js';

/** The revisions in which the fields can be written. */
export const RATELIMIT_REVISIONS = [6, 7, 10, 11] as const;

/** A revision of the draft. */
export type RateLimitRevision = (typeof RATELIMIT_REVISIONS)[number];

/** Units of the draft's registry of quota units, by the units of policies. Another unit has no `qu`. */
const REGISTERED_UNITS: Readonly<Record<string, string>> = {
  'content-bytes': 'content-bytes',
  bytes: 'content-bytes',
  'concurrent-requests': 'concurrent-requests',
};

/** How the fields are written. */
export interface RateLimitStyle {
  readonly revision: RateLimitRevision;
  /** Whether the partition key is disclosed, as `pk`. Revision 7 has none. */
  readonly partitionKey: boolean;
}

/** The value of `RateLimit`; `undefined` if no policy can be reported. Revision 7 reports the first. @param now epoch ms */
export function rateLimitField(
  statuses: readonly PolicyStatus[],
  { revision, partitionKey }: RateLimitStyle,
  now: number,
): string | undefined {
  if (revision <= 7) {
    const status = statuses.find(({ resetAt }) => resetAt !== null);
    return (
      status &&
      `limit=${integer(status.limit)}, remaining=${integer(status.remaining)}, reset=${secondsTo(status.resetAt!, now)}`
    );
  }
  return list(statuses, (status) => {
    const parameters = new Map<string, BareItem>([['r', integer(status.remaining)]]);
    if (status.resetAt !== null) parameters.set('t', secondsTo(status.resetAt, now));
    if (partitionKey) parameters.set('pk', Buffer.from(status.partition, 'utf8'));
    return parameters;
  });
}

/** The value of `RateLimit-Policy`; `undefined` if no policy can be reported. */
export function rateLimitPolicyField(
  statuses: readonly PolicyStatus[],
  { revision, partitionKey }: RateLimitStyle,
): string | undefined {
  if (revision <= 7) {
    const items = statuses
      .filter(({ windowSeconds }) => windowSeconds > 0)
      .map(({ limit, windowSeconds, policy }) =>
        serializeItem({
          value: integer(limit),
          parameters: new Map<string, BareItem>([
            ['w', windowSeconds],
            ['comment', nameOf(policy)],
          ]),
        }),
      );
    return items.length === 0 ? undefined : items.join(', ');
  }
  return list(statuses, (status) => {
    const parameters = new Map<string, BareItem>([['q', integer(status.limit)]]);
    if (status.windowSeconds > 0) parameters.set('w', status.windowSeconds);
    const unit = REGISTERED_UNITS[status.unit];
    if (unit !== undefined) parameters.set('qu', unit);
    if (partitionKey) parameters.set('pk', Buffer.from(status.partition, 'utf8'));
    return parameters;
  });
}

function list(
  statuses: readonly PolicyStatus[],
  parametersOf: (status: PolicyStatus) => ReadonlyMap<string, BareItem>,
): string | undefined {
  if (statuses.length === 0) return undefined;
  return serializeList(statuses.map((status) => ({ value: nameOf(status.policy), parameters: parametersOf(status) })));
}

/** The name of a policy on the wire: that of all its versions, such as `minute` of `minute@pro`. */
export function nameOf(policy: string): string {
  return policy.split('@', 1)[0]!;
}

/** Units as an integer of the draft, rounded down: a client must not believe that it has more. */
export function integer(units: number): number {
  // 0.3 / 0.1 is 2.9999999999999996.
  return Math.max(0, Math.min(MAX_INTEGER, Math.floor(Number(units.toPrecision(15)))));
}

/** Whole seconds until an instant, rounded up. */
function secondsTo(at: number, now: number): number {
  return Math.max(0, Math.min(MAX_INTEGER, Math.ceil((at - now) / 1_000)));
}
