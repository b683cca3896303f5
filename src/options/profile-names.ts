/**
 * Looks up variants and settings in the profile files, for options that do not name their profile.
 * @module
 */
import type { NameLookup } from './scoped.js';

/** Returns the raw data of a profile file. @throws ProfileError */
export type ReadRaw = (reference: string) => unknown;

/** Creates a reader that caches each profile file. It is needed only where an option does not name its profile. */
export async function rawReader(): Promise<ReadRaw> {
  const [{ findProfile, displayPath }, { readArtifact }, { readSource }] = await Promise.all([
    import('../profile/locate.js'),
    import('../profile/precompiled/artifacts.js'),
    import('../profile/source/source-files.js'),
  ]);
  const known = new Map<string, unknown>();
  return (reference) => {
    if (!known.has(reference)) {
      const file = findProfile(reference);
      const artifact = readArtifact(file);
      known.set(reference, artifact ? artifact.source() : readSource(file, displayPath(file)).value);
    }
    return known.get(reference);
  };
}

/** Looks up variants. */
export function variantsNamed(read: ReadRaw): NameLookup {
  const variants = (reference: string) => keysOf(at(read(reference), ['variants']));
  return { option: 'variant', has: (profile, name) => variants(profile).includes(name), similar: variants };
}

/** Looks up settings by path: `policies.key-minute.quota`. */
export function settingsNamed(read: ReadRaw): NameLookup {
  return {
    option: 'set',
    has: (profile, path) => at(read(profile), path.split('.')) !== undefined,
    similar: (profile, path) => {
      const keys = path.split('.');
      const raw = read(profile);
      // The first unknown key is the one that may be misspelt.
      const known = Math.max(
        0,
        keys.findIndex((_, i) => at(raw, keys.slice(0, i + 1)) === undefined),
      );
      const [before, rest] = [keys.slice(0, known), keys.slice(known + 1)];
      return keysOf(at(raw, before)).map((key) => [...before, key, ...rest].join('.'));
    },
    // Users often omit `policies.` before a policy's setting.
    fullName: (profile, path) =>
      at(read(profile), ['policies', ...path.split('.')]) === undefined ? undefined : `policies.${path}`,
  };
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (keysOf(node).includes(key) ? (node as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
