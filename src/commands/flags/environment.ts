/**
 * The variables of the environment that the commands read, and a warning for those that look like one and are none.
 * @module
 */
import { nearest } from '../../profile/errors.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Io } from '../terminal/io.js';

const PREFIX = 'MOCK429_';

/** Every variable that a command reads, without `MOCK429_`. */
const READ = [
  'PROFILE',
  'VARIANT',
  'PLAN',
  'COMPRESS',
  'CLOCK',
  'PORT',
  'HOST',
  'STATE',
  'MAX_SANDBOX_BYTES',
  'CONTROL_TOKEN',
  'CONTROL_TOKEN_REQUIRED',
] as const;

/** Variables that `mock429 run` sets for its command, and those of this project's own checks: they do nothing here, and are no mistake. */
const OTHERS = /^(?:URL(?:_\w+)?|CONTROL_URL|NO_SKIP)$/;

/** Names of all variables that the commands read. */
export const ENVIRONMENT: readonly string[] = READ.map((name) => PREFIX + name);

/** Warns of each variable that begins with `MOCK429_` and that no command reads: it has no effect, and somebody thinks that it has. */
export function warnOfUnknownVariables(io: Pick<Io, 'envNames'>, log: WriteLog): void {
  for (const name of io.envNames()) {
    if (!name.startsWith(PREFIX) || ENVIRONMENT.includes(name) || OTHERS.test(name.slice(PREFIX.length))) continue;
    const near = nearest(name, ENVIRONMENT);
    const fix = near === undefined ? `known: ${ENVIRONMENT.join(', ')}` : `did you mean ${near}?`;
    log('warn', `the variable ${name} has no effect; ${fix}`);
  }
}
