/**
 * The variants and settings that profiles have, by their files: for options that do not say which profile they are for.
 * @module
 */
import type { Named } from './scoped.js';

/** The profile's own data, as its file has it. @throws ProfileError */
export type ReadRaw = (reference: string) => unknown;

/** Reads each profile's file once. Needed only where an option does not say which profile it is for. */
export async function rawReader(): Promise<ReadRaw> {
  const [{ findProfile, displayPath }, { readArtifact }, { readSource }] = await Promise.all([
    import('../profile/locate.js'),
    import('../profile/precompiled/artifacts.js'),
    import('../profile/load.js'),
  ]);
  const known = new Map<string, unknown>();
  return (reference) => {
    if (!known.has(reference)) {
      const file = findProfile(reference);
      const kept = readArtifact(file);
      known.set(reference, kept ? kept.source() : readSource(file, displayPath(file)).value);
    }
    return known.get(reference);
  };
}

/** Variants of the profiles. */
export function variantsNamed(read: ReadRaw): Named {
  const variants = (reference: string) => keysOf(at(read(reference), ['variants']));
  return { option: 'variant', has: (profile, name) => variants(profile).includes(name), near: variants };
}

/** Settings of the profiles, by path: `policies.key-minute.quota`. */
export function settingsNamed(read: ReadRaw): Named {
  return {
    option: 'set',
    has: (profile, path) => at(read(profile), path.split('.')) !== undefined,
    near: (profile, path) => {
      const keys = path.split('.');
      const raw = read(profile);
      // The first key that is not there may have a slip in it.
      const known = Math.max(
        0,
        keys.findIndex((_, i) => at(raw, keys.slice(0, i + 1)) === undefined),
      );
      const [before, rest] = [keys.slice(0, known), keys.slice(known + 1)];
      return keysOf(at(raw, before)).map((key) => [...before, key, ...rest].join('.'));
    },
    // A policy's setting is often written without `policies.`.
    longer: (profile, path) =>
      at(read(profile), ['policies', ...path.split('.')]) === undefined ? undefined : `policies.${path}`,
  };
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (one, key) => (keysOf(one).includes(key) ? (one as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
