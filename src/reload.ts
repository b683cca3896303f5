/**
 * Reloads profiles whose files were edited, while their counters are kept.
 * @module
 */

import type { Opening } from './options/opening.js';
import { list, type MockOptions, OptionError, plansOf } from './options/options.js';
import { changesBetween } from './profile/changes.js';
import type { Provider } from './profile/compiled/provider.js';
import { displayPath, filesOf } from './profile/locate.js';
import { droppedState } from './sandbox/replace-provider.js';
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
  /** The files of a served profile. @throws OptionError */
  files(profile: string): { readonly profile: string | undefined; readonly document: string | undefined };
  /** The texts that the latest attempt to read the profile has read; see `Opening.read`. @throws OptionError */
  filesRead(profile: string): ReadonlyMap<string, string | undefined>;
  /** Reloads a profile. @throws ProfileError, OptionError; the previous version stays in place then */
  reload(profile: string): Promise<Reloaded>;
}

/** Creates a reloader. @param sources the opening of each profile, and its provider as first loaded */
export function createReloader(
  options: MockOptions,
  sources: readonly { readonly source: Opening; readonly provider: Provider }[],
  sandboxes: Sandboxes,
): Reloader {
  const current = new Map(sources.map((opened) => [opened.provider.id, opened]));
  const entry = (profile: string) => {
    const known = current.get(profile);
    if (known) return known;
    throw new OptionError(`no profile "${profile}" is served; these are: ${[...current.keys()].join(', ')}`);
  };
  const plans = list(options.plan);
  return {
    files: (profile) => servedFiles(entry(profile).provider),
    filesRead: (profile) => entry(profile).source.read,
    async reload(profile) {
      const { provider: before, source } = entry(profile);
      const after = await source.open();
      if (after.id !== profile) {
        const file = displayPath(after.file);
        throw new OptionError(`${file} has the id "${after.id}" now; start again to serve it under that name`);
      }
      // The plan from the options must still exist.
      plansOf(
        [...current.values()].map(({ provider }) => (provider === before ? after : provider)),
        plans,
      );
      const changes = changesBetween(before, after);
      if (changes.length > 0) {
        sandboxes.replaceProvider(after);
        current.set(profile, { provider: after, source });
      }
      return { profile, changes, summary: summary(before, after, changes) };
    },
  };
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
