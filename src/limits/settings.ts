/**
 * The settings that an algorithm adds to a policy, from the profile's quantities to the numbers that the algorithm counts with.
 * @module
 */

import { memoise } from '../runtime/memoise.js';
import type { Algorithm, RawSettings } from './algorithms/algorithm.js';
import type { FactReader } from './rules/formula.js';
import { type CompiledQuantity, compileQuantity, constantsOf, type Quantity } from './rules/quantity.js';

/** What settings are scaled by. */
export interface SettingsScale {
  /** The policy's `scale`: amounts are multiplied by it. */
  readonly scale: number;
  /** The mock's `--compress`: durations are divided by it. */
  readonly compress: number;
}

/** The settings of a policy's algorithm. */
export interface CompiledSettings {
  /** Those of every request, or where they depend on facts, those that free a bucket latest: with the least of each amount. */
  readonly base: unknown;
  /** Those of one request; `undefined` if they depend on no fact. Equal settings are the same object. */
  readonly of: ((facts: FactReader) => unknown) | undefined;
  /** For explanations, where one amount depends on facts: settings in which it is `Infinity`, and the words to write in its place. */
  readonly inWords: SettingsInWords | undefined;
  /** Whether they depend on nothing but facts of the caller. */
  readonly sameForCaller: boolean;
}

/** Settings for an explanation; see `CompiledSettings`. */
export interface SettingsInWords {
  readonly settings: unknown;
  readonly words: string;
}

type SettingsOf = Pick<Algorithm, 'amounts' | 'durations' | 'settings'>;

/** The most different settings that are cached for a policy. */
const MAX_SETTINGS = 1_000;

/**
 * Compiles the settings of a policy's algorithm.
 *
 * @param raw the policy as the profile has it, checked by the schema: amounts in the policy's unit, durations in milliseconds
 */
export function compileSettings(algorithm: SettingsOf, raw: RawSettings, by: SettingsScale): CompiledSettings {
  const varying = new Map<string, CompiledQuantity>();
  const base: Record<string, unknown> = { ...raw };
  for (const key of algorithm.amounts) {
    const source = raw[key] as Quantity | undefined;
    if (source === undefined || typeof source === 'number') continue;
    const quantity = compileQuantity(source);
    const least = constantsOf(source).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    base[key] = quantity.constant ?? (Number.isFinite(least) ? least : 1 / by.scale);
    if (quantity.constant === undefined) varying.set(key, quantity);
  }
  const settings = scaledSettings(algorithm, base, by);
  if (varying.size === 0) return { base: settings, of: undefined, inWords: undefined, sameForCaller: true };
  const known = memoise(
    (values: string) => ({ settings: scaledSettings(algorithm, { ...base, ...(JSON.parse(values) as object) }, by) }),
    { max: MAX_SETTINGS },
  );
  const [[key, { words }]] = [...varying] as [[string, CompiledQuantity]];
  return {
    base: settings,
    inWords:
      varying.size === 1
        ? { settings: scaledSettings(algorithm, { ...base, [key]: Number.POSITIVE_INFINITY }, by), words: `(${words})` }
        : undefined,
    of: (facts) => {
      const values: Record<string, number> = {};
      for (const [key, { evaluate }] of varying) {
        const value = evaluate(facts);
        if (typeof value === 'number') values[key] = Math.max(1 / by.scale, value);
      }
      return known(JSON.stringify(values)).settings;
    },
    sameForCaller: [...varying.values()].every(({ paths }) => paths.every(([root]) => root === 'caller')),
  };
}

/** The typed settings of a policy's algorithm, all of them numbers. */
export function scaledSettings(algorithm: SettingsOf, raw: RawSettings, { scale, compress }: SettingsScale): unknown {
  const scaled: Record<string, unknown> = { ...raw };
  for (const key of algorithm.amounts) if (typeof raw[key] === 'number') scaled[key] = Math.round(raw[key] * scale);
  for (const key of algorithm.durations)
    if (typeof raw[key] === 'number') scaled[key] = Math.max(1, Math.round(raw[key] / compress));
  return algorithm.settings(scaled);
}
