/**
 * Reads profiles again while they are served: after their files were edited, and with other variants for a sandbox. Counters are kept.
 * @module
 */

import { list, type MockOptions, OptionError, plansOf } from './options/options.js';
import type { ProfileSource } from './options/profile-source.js';
import { changesBetween } from './profile/changes.js';
import type { Provider } from './profile/compiled/provider.js';
import { ProfileError } from './profile/errors.js';
import { displayPath, filesOf } from './profile/locate.js';
import { activeVariants, sameList } from './sandbox/control/profile-change.js';
import { droppedState } from './sandbox/replace-provider.js';
import type { Editions } from './sandbox/sandbox-options.js';
import type { Sandboxes } from './sandbox/sandboxes.js';

/** The result of a reload. */
export interface Reloaded {
  /** Id of the profile. */
  readonly profile: string;
  /** The changes, such as `policies.key-minute.quota 60 → 5`; empty where only formatting and comments have changed. */
  readonly changes: readonly string[];
  /** The changes as a line of text, with the state that was lost. */
  readonly summary: string;
}

/** Reloads the served profiles. */
export interface Reloader {
  /** The editions with other variants. */
  readonly editions: Editions;
  /** The files of a served profile. @throws OptionError */
  files(profile: string): { readonly profile: string | undefined; readonly document: string | undefined };
  /** The texts that the latest attempt to read the profile has read; see `ProfileSource.read`. @throws OptionError */
  filesRead(profile: string): ReadonlyMap<string, string | undefined>;
  /** Reloads a profile. @throws ProfileError, OptionError; the previous version stays in place then */
  reload(profile: string): Promise<Reloaded>;
}

/** Creates a reloader. @param sources the source of each profile, and its provider as first loaded */
export function createReloader(
  options: MockOptions,
  sources: readonly ServedProfile[],
  sandboxes: Sandboxes,
): Reloader {
  const current = new Map(sources.map((opened) => [opened.provider.id, opened]));
  const entry = (profile: string) => {
    const known = current.get(profile);
    if (known) return known;
    throw new OptionError(`no profile "${profile}" is served; these are: ${[...current.keys()].join(', ')}`);
  };
  const plans = list(options.plan);
  const editions = new EditionCache();
  const editionOf = async ({ provider, source }: ServedProfile, variants: readonly string[]): Promise<Provider> =>
    editions.get(provider, variants) ??
    editions.put(provider, variants, await openAgain(source, provider.id, variants));
  return {
    editions: {
      open: (profile, variants) => editionOf(entry(profile), variants),
      loaded: (profile, variants) => editions.get(entry(profile).provider, variants),
    },
    files: (profile) => servedFiles(entry(profile).provider),
    filesRead: (profile) => entry(profile).source.read,
    async reload(profile) {
      const { provider: before, source } = entry(profile);
      const after = await openAgain(source, profile);
      // The plan from the options must still exist.
      plansOf(
        [...current.values()].map(({ provider }) => (provider === before ? after : provider)),
        plans,
      );
      const changes = changesBetween(before, after);
      if (changes.length > 0) {
        const served = { provider: after, source };
        await openOwnEditions(served);
        sandboxes.replaceProvider(after, (variants) => editions.get(after, variants));
        current.set(profile, served);
      }
      return { profile, changes, summary: summary(before, after, changes) };
    },
  };

  /** Opens the editions of sandboxes that have other variants. One that the new files do not allow is left out, and logged. */
  async function openOwnEditions(served: ServedProfile): Promise<void> {
    const tried = new Set<string>();
    const { id } = served.provider;
    for (;;) {
      // A sandbox may get other variants while an edition is being read.
      const variants = sandboxes.ownVariants(id).find((one) => !tried.has(one.join()));
      if (variants === undefined) return;
      tried.add(variants.join());
      try {
        await editionOf(served, variants);
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
        const why = `${id} cannot be served with ${variants.join(', ') || 'no variants'} any more`;
        options.log?.('warn', `${why}; its sandboxes have the variants of the server now: ${error.message}`);
      }
    }
  }
}

/** A served profile: its provider as the server loaded it, and its source. */
interface ServedProfile {
  readonly source: ProfileSource;
  readonly provider: Provider;
}

/** Reads a profile again. @throws ProfileError; OptionError if its id has changed */
async function openAgain(source: ProfileSource, id: string, variants?: readonly string[]): Promise<Provider> {
  const provider = await source.open(variants);
  if (provider.id === id) return provider;
  const file = displayPath(provider.file);
  throw new OptionError(`${file} has the id "${provider.id}" now; start again to serve it under that name`);
}

/** The most editions of a profile that are kept, besides those in use. */
const MAX_EDITIONS = 16;

/** The editions that have been read, by the provider that the server loaded. */
class EditionCache {
  readonly #editions = new WeakMap<Provider, Map<string, Provider>>();

  get(served: Provider, variants: readonly string[]): Provider | undefined {
    if (sameList(activeVariants(served), variants)) return served;
    return this.#editions.get(served)?.get(variants.join());
  }

  /** Stores an edition, and returns it; the stored one where another call was faster. */
  put(served: Provider, variants: readonly string[], edition: Provider): Provider {
    const editions = this.#editions.get(served) ?? new Map<string, Provider>();
    this.#editions.set(served, editions);
    const known = editions.get(variants.join());
    if (known) return known;
    const [oldest] = editions.keys();
    if (editions.size >= MAX_EDITIONS) editions.delete(oldest!);
    editions.set(variants.join(), edition);
    return edition;
  }
}

function servedFiles(provider: Provider) {
  return provider.alone ? { profile: undefined, document: provider.alone.file } : filesOf(provider);
}

function summary(before: Provider, after: Provider, changes: readonly string[]): string {
  const head = `${after.id} reloaded from ${after.alone?.name ?? displayPath(after.file)}`;
  if (changes.length === 0) return `${head}: nothing in it has changed`;
  const { policies, collections: emptied } = droppedState(before, after);
  const collections = emptied.filter((id) => after.collections.has(id));
  const losses = [
    ...(policies.length === 0
      ? []
      : [`${policies.join(', ')} ${policies.length === 1 ? 'restarts' : 'restart'} at zero`]),
    ...(collections.length === 0
      ? []
      : [`${collections.join(', ')} ${collections.length === 1 ? 'is' : 'are'} filled again`]),
  ];
  const outcome = losses.length === 0 ? 'all counters are kept' : `${losses.join('; ')}; everything else is kept`;
  return `${head}: ${changes.join(', ')}; ${outcome}`;
}
