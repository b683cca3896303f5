/**
 * Resolves the profile of an option: `klinky:sliding-hour`, or a bare `sliding-hour` where only one profile has it.
 * @module
 */
import { nearest, suggest } from '../profile/errors.js';

/** An invalid option. The message names the option, the problem and the fix. */
export class OptionError extends Error {
  override name = 'OptionError';
}

/** The value of an option, and its profile. */
export interface Scoped {
  /** The profile, as `--profile` names it. */
  readonly profile: string;
  /** Value without the profile prefix. */
  readonly value: string;
}

/** How to look up what the profiles have under a name. */
export interface NameLookup {
  /** Name of the option, such as `variant`. */
  readonly option: string;
  /** Whether a profile has the value. */
  readonly has: (profile: string, value: string) => boolean;
  /** Similar names in a profile, to suggest one for a misspelt value. */
  readonly similar: (profile: string, value: string) => readonly string[];
  /** The full name of a value that the user abbreviated. */
  readonly fullName?: (profile: string, value: string) => string | undefined;
}

/**
 * Resolves `profile:value`, or a bare value, which belongs to the only served profile or to the only profile that has it.
 *
 * @param profiles the served profiles, as `--profile` names them
 * @throws OptionError where the prefix is not a served profile, or where no profile or several profiles have the value
 */
export function scoped(text: string, profiles: readonly string[], named: NameLookup): Scoped {
  const { option, has } = named;
  const prefixed = profiles.find((profile) => text.startsWith(`${profile}:`));
  if (prefixed !== undefined) return { profile: prefixed, value: text.slice(prefixed.length + 1) };
  const label = `${option} "${text}"`;
  if (text.includes(':')) {
    const [prefix] = text.split(':');
    throw new OptionError(`${label} names "${prefix}", which is not served; ${suggest(prefix!, profiles)}`);
  }
  if (profiles.length === 1) return { profile: profiles[0]!, value: text };
  const owners = profiles.filter((profile) => has(profile, text));
  if (owners.length === 1) return { profile: owners[0]!, value: text };
  if (owners.length > 1) {
    const choices = owners.map((profile) => `${profile}:${text}`);
    throw new OptionError(`${label} does not say which profile it is for; write ${alternatives(choices)}`);
  }
  throw new OptionError(`${label}: none of ${profiles.join(', ')} has it; ${fixFor(text, profiles, named)}`);
}

function fixFor(text: string, profiles: readonly string[], { similar, fullName }: NameLookup): string {
  const all = profiles.flatMap((profile) => similar(profile, text).map((name) => ({ profile, name })));
  const nearestName = nearest(
    text,
    all.map(({ name }) => name),
  );
  const written = profiles.flatMap((profile) => {
    const name = fullName?.(profile, text);
    return name === undefined ? [] : [`${profile}:${name}`];
  });
  const alike = all.filter(({ name }) => name === nearestName).map(({ profile, name }) => `${profile}:${name}`);
  const guesses = written.length > 0 ? written : alike;
  if (guesses.length > 0) return `did you mean ${alternatives(guesses)}?`;
  const names = [...new Set(all.map(({ name }) => name))];
  return `known: ${names.join(', ')}`;
}

function alternatives(choices: readonly string[]): string {
  return choices.length === 1 ? choices[0]! : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}
