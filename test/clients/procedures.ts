/**
 * The procedures of all providers.
 * @module
 */
import { acrely } from './procedures/acrely.js';
import { aiclicks } from './procedures/aiclicks.js';
import { fullDomination } from './procedures/full-domination.js';
import { klinky } from './procedures/klinky.js';
import { prediction } from './procedures/prediction.js';
import type { Provider } from './procedures/procedure.js';

/** By id of the provider, in the order of docs/clients.md. */
export const PROCEDURES: Readonly<Record<string, Provider>> = {
  aiclicks,
  klinky,
  'full-domination': fullDomination,
  prediction,
  acrely,
};
