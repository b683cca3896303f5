/**
 * Hashes that tell apart what looks alike: the API masks credentials, and several may have equal masked forms.
 * @module
 */

/** Something with a name that is shown. */
export interface Named {
  /** Distinguishes it from all others. */
  readonly id: string;
  readonly name: string;
  /** Hash of its credential; `undefined` where it has none. */
  readonly hash?: string | undefined;
}

/** Characters of a hash that are shown. */
const LENGTH = 4;

/** The first characters of the hashes that have to be shown: by id, for those of the list that share their name with another. */
export function neededHashes(all: Iterable<Named>): ReadonlyMap<string, string> {
  const byName = new Map<string, Map<string, string | undefined>>();
  for (const { id, name, hash } of all) {
    const same = byName.get(name);
    if (same) same.set(id, hash);
    else byName.set(name, new Map([[id, hash]]));
  }
  const needed = new Map<string, string>();
  for (const same of byName.values()) {
    if (same.size < 2) continue;
    for (const [id, hash] of same) if (hash !== undefined) needed.set(id, hash.slice(0, LENGTH));
  }
  return needed;
}
