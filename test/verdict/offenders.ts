/**
 * Programs that break one rule each and keep all the others, on a provider that gives that advice, and what is to be said of them.
 * @module
 */

import type { Offender } from './offender.js';
import { backoffOffenders } from './offenders-backoff.js';
import { conductOffenders } from './offenders-conduct.js';
import { economyOffenders } from './offenders-economy.js';

/** All offenders. Each check has at least one. */
export const offenders: readonly Offender[] = [...backoffOffenders, ...economyOffenders, ...conductOffenders];
