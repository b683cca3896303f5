/**
 * The environment variables that the commands read, and a warning about unknown ones.
 * @module
 */
import { nearest } from '../../profile/errors.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Io } from '../terminal/io.js';

const PREFIX = 'MOCK429_';

/** All variables that a command reads, without the prefix. */
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

/** Variables that `mock429 run` sets for its command, and those of this project's own checks. They have no effect here and are not mistakes. */
const OTHERS = /^(?:URL(?:_\w+)?|CONTROL_URL|NO_SKIP)$/;

/** Names of all variables that the commands read. */
export const ENVIRONMENT: readonly string[] = READ.map((name) => PREFIX + name);

/** Warns of each unknown variable that begins with `MOCK429_`: the user expects an effect that it does not have. */
export function warnOfUnknownVariables(io: Pick<Io, 'envNames'>, log: WriteLog): void {
  for (const name of io.envNames()) {
    if (!name.startsWith(PREFIX) || ENVIRONMENT.includes(name) || OTHERS.test(name.slice(PREFIX.length))) continue;
    const near = nearest(name, ENVIRONMENT);
    const fix = near === undefined ? `known: ${ENVIRONMENT.join(', ')}` : `did you mean ${near}?`;
    log('warn', `the variable ${name} has no effect; ${fix}`);
  }
}
