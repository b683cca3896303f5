/**
 * The usage as the page lists it.
 * @module
 */
import type { CountedBy, ProfileUsage } from '../data/types.js';
import { facts } from './format.js';
import { neededHashes } from './hashes.js';

const PERIODS = { minute: 'this minute', hour: 'this hour', day: 'today' } as const;

/** What counts the calls of each period, in sentences. */
export function countedTexts({ total, keys }: ProfileUsage['countedBy']): string[] {
  const by = (policy: string | null) => policy ?? 'the clock';
  const texts = (Object.keys(PERIODS) as (keyof CountedBy)[])
    .filter((period) => total[period] !== null || keys[period] !== null)
    .map((period) =>
      total[period] === keys[period]
        ? `Calls ${PERIODS[period]} are counted by ${by(total[period])}.`
        : `Calls ${PERIODS[period]} are counted by ${by(total[period])}, those of each key by ${by(keys[period])}.`,
    );
  if (texts.length === 0) return ['Calls are counted by the minutes, hours and days of the clock.'];
  if (texts.length < 3) texts.push('The clock counts the others.');
  if (total.minute !== keys.minute)
    texts.push(
      'A policy may begin its minute with a request, and may count refused ones, so the total for a minute may be less than the number of one key.',
    );
  return texts;
}

/** The hashes that tell apart keys whose masked forms are equal, by position. */
export function keyHashes(keys: ProfileUsage['keys']): (string | undefined)[] {
  return hashesOf(keys.map(({ key, keyHash }) => ({ name: key, hash: keyHash })));
}

/** The hashes that tell apart limits or warnings whose masked partitions are equal, by position. */
export function limitHashes(limits: ProfileUsage['limits']): (string | undefined)[] {
  return hashesOf(
    limits.map(({ policy, partition, keyHash }) => ({ name: `${policy} ${facts(partition)}`, hash: keyHash })),
  );
}

function hashesOf(rows: readonly { readonly name: string; readonly hash: string | undefined }[]) {
  const named = rows.map(({ name, hash }) => ({ id: `${name} ${hash ?? ''}`, name, hash }));
  const needed = neededHashes(named);
  return named.map(({ id }) => needed.get(id));
}
