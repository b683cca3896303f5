/**
 * The names of checks that expectations may use: those of the registry, and those that it is to have.
 * @module
 */
import { checkNames } from '../src/verdict/checks/index.js';

/** Checks that the set asks for whether or not the registry has them yet. */
export const wanted = [
  'shared-key',
  'uncoordinated',
  'never-admissible',
  'futile-retry',
  'no-retry-budget',
  'concurrent-writes',
  'lost-or-doubled',
  'no-timeout',
  'herd-at-reset',
  'slow-completion',
] as const;

/** The name of a check that an expectation may use. */
export type CheckLabel = (typeof checkNames)[number] | (typeof wanted)[number];

/** All names of `CheckLabel`. */
export const labels: ReadonlySet<string> = new Set([...checkNames, ...wanted]);
