/**
 * A program that breaks one rule and keeps all others, and what the verdict says of it.
 * @module
 */
import type { MockOptions } from '../../src/options/options.js';
import type { CheckName } from '../../src/verdict/checks/index.js';
import type { ProviderState } from './world.js';

/** A program that breaks one rule. */
export interface Offender {
  readonly check: CheckName;
  /** What it does. */
  readonly does: string;
  readonly profile: string;
  readonly options?: MockOptions;
  /** The whole sentence. */
  readonly says: string;
  readonly times: number;
  run(providerState: ProviderState): Promise<void>;
}
