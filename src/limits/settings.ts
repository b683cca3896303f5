/**
 * The settings that an algorithm adds to a policy, from the profile's numbers to those that the algorithm counts with.
 * @module
 */
import type { Algorithm, RawSettings } from './algorithms/algorithm.js';

/** What settings are scaled by. */
export interface SettingsScale {
  /** The policy's `scale`: amounts are multiplied by it. */
  readonly scale: number;
  /** The mock's `--compress`: durations are divided by it. */
  readonly compress: number;
}

/**
 * The typed settings of a policy's algorithm.
 *
 * @param raw the policy as the profile has it, checked by the schema: amounts in the policy's unit, durations in milliseconds
 */
export function scaledSettings(
  algorithm: Pick<Algorithm, 'amounts' | 'durations' | 'settings'>,
  raw: RawSettings,
  { scale, compress }: SettingsScale,
): unknown {
  const scaled: Record<string, unknown> = { ...raw };
  for (const key of algorithm.amounts) if (typeof raw[key] === 'number') scaled[key] = Math.round(raw[key] * scale);
  for (const key of algorithm.durations)
    if (typeof raw[key] === 'number') scaled[key] = Math.max(1, Math.round(raw[key] / compress));
  return algorithm.settings(scaled);
}
