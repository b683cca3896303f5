/**
 * Environment variables that tell a client under test where the mock is.
 * @module
 */
import { OptionError } from '../options/options.js';
import { suggest } from '../profile/errors.js';

/** Names of variables for the only served profile, or the profile of each variable: `{ KLINKY_URL: 'klinky' }`. */
export type Variables = string | readonly string[] | Readonly<Record<string, string>>;

/** The profile of each variable. @throws OptionError */
export function profilesByVariable(env: Variables, profiles: readonly string[]): Readonly<Record<string, string>> {
  if (typeof env === 'object' && !isList(env)) {
    for (const [name, id] of Object.entries(env)) {
      if (!profiles.includes(id))
        throw new OptionError(`env.${name}: no profile "${id}" is served; ${suggest(id, profiles)}`);
    }
    return env;
  }
  const names = isList(env) ? env : [env];
  const [only, ...others] = profiles;
  if (names.length > 0 && (only === undefined || others.length > 0))
    throw new OptionError(
      `env: several profiles are served (${profiles.join(', ')}); say whose base URL it is: { ${names[0]}: "${only}" }`,
    );
  return Object.fromEntries(names.map((name) => [name, only!]));
}

function isList(env: Variables): env is readonly string[] {
  return Array.isArray(env);
}

/** Sets environment variables of this process. @returns a function that restores what was there before */
export function setVariables(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
