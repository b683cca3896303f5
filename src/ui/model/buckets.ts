/**
 * Buckets as the page lists them.
 * @module
 */
import type { Quota } from '../data/types.js';
import { facts } from './format.js';
import { neededHashes } from './hashes.js';

/** The share of the limit that is used, from 0; above 1 where refusals are charged. A limit of 0 is full. */
export function usedShare({ used, limit }: Quota): number {
  return limit > 0 ? used / limit : 1;
}

/** How full a bucket is, for its colour and its mark. */
export type Fill = 'room' | 'near' | 'full';

/** The share from which a bucket is near its limit. */
export const NEAR = 0.8;

/** How full a bucket is. */
export function fillOf(quota: Quota): Fill {
  if (quota.remaining <= 0) return 'full';
  return usedShare(quota) >= NEAR ? 'near' : 'room';
}

/** The buckets nearest to their limit first; equal ones by fewer units left, then in the order of the API. */
export function byNearness(quotas: readonly Quota[]): Quota[] {
  return [...quotas].sort((a, b) => shareLeft(a) - shareLeft(b) || a.remaining - b.remaining);
}

function shareLeft({ limit, remaining }: Quota): number {
  return limit > 0 ? remaining / limit : 0;
}

/** The buckets that have all words of the text in their profile, policy or partition; capitals do not matter. */
export function filterBuckets(quotas: readonly Quota[], text: string): readonly Quota[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return quotas;
  return quotas.filter((quota) => {
    const all = `${quota.profile} ${quota.policy} ${facts(quota.partition)}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** What a bucket is known by. */
type BucketName = Pick<Quota, 'id' | 'profile' | 'policy' | 'partition'> & { readonly keyHash?: string | undefined };

/** The hashes that tell apart buckets that look alike, by the ids of the buckets. */
export function bucketHashes(buckets: readonly BucketName[]): ReadonlyMap<string, string> {
  return neededHashes(
    buckets.map(({ id, profile, policy, partition, keyHash = id }) => ({
      id,
      name: `${profile} ${policy} ${facts(partition)}`,
      hash: keyHash,
    })),
  );
}

/**
 * The name of a bucket in a list of choices: `token-minute · token ad_live_…aaaa #e-cB`.
 *
 * @param hasSeveral whether several profiles are served, so that the name has to say which
 */
export function bucketText(
  { id, profile, policy, partition }: BucketName,
  hashes: ReadonlyMap<string, string>,
  hasSeveral = false,
): string {
  const hash = hashes.get(id);
  const parts = [policy, ...(hasSeveral ? [profile] : []), facts(partition)];
  return `${parts.join(' · ')}${hash === undefined ? '' : ` #${hash}`}`;
}

/** The rows of a long list that are visible, with some beyond on both sides. */
export function visibleRows(
  count: number,
  {
    rowHeight,
    height,
    scrollTop,
    beyond = 6,
  }: { rowHeight: number; height: number; scrollTop: number; beyond?: number },
): { readonly first: number; readonly last: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - beyond);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + beyond);
  return { first: Math.min(first, last), last };
}

/** The next instant at which a bucket resets, epoch ms; `undefined` where none will. */
export function nextReset(quotas: readonly Quota[], now: number): number | undefined {
  let next: number | undefined;
  for (const { resetAt } of quotas) {
    if (resetAt === null) continue;
    const at = Date.parse(resetAt);
    if (at > now && (next === undefined || at < next)) next = at;
  }
  return next;
}
