/**
 * Programs that break one rule each and keep all the others, on a provider that gives that advice, and what is to be said of them.
 * @module
 */

import type { MockOptions } from '../../src/options/options.js';
import type { CheckName } from '../../src/verdict/checks/index.js';
import { backoffOffenders } from './offenders-backoff.js';
import { conductOffenders } from './offenders-conduct.js';
import { economyOffenders } from './offenders-economy.js';
import type { ProviderState } from './world.js';

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

export const offenders: readonly Offender[] = [...backoffOffenders, ...economyOffenders, ...conductOffenders];
