/**
 * The environment variables that the commands read, and a warning about unknown ones.
 * @module
 */
import { nearest } from '../../profile/errors.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { Io } from '../terminal/io.js';

const PREFIX = 'MOCK429_';

/** Every variable that a command reads, without `MOCK429_`, and what it does. A variable of the same meaning as a flag is used where the flag is not given. */
const READ = {
  PROFILE: 'as `--profile`, a comma list',
  OPENAPI: 'as `--openapi`, a comma list',
  VARIANT: 'as `--variant`, a comma list',
  PLAN: 'as `--plan`, a comma list',
  STRICT_EXAMPLES: '`1`: as `--strict-examples`; `0`: not',
  IETF: 'as `--ietf`',
  COMPRESS: 'as `--compress`',
  CLOCK: 'as `--clock`',
  PORT: 'as `--port`; `PORT` does the same',
  HOST: 'as `--host`',
  STATE: 'as `--state`',
  LOG: 'as `--log`',
  STORE: 'as `--store`',
  ON_STORE_FAILURE: 'as `--on-store-failure`',
  WORKERS: 'as `--workers`',
  MAX_SANDBOX_BYTES: 'as `--max-sandbox-bytes`',
  CONTROL_TOKEN: 'the control token: other machines that send `Authorization: Bearer TOKEN` may use the control API',
  CONTROL_TOKEN_REQUIRED: '`1`: as `--control-token-required`; `0`: not',
} as const;

/** Variables that `mock429 run` sets for its command, and those of this project's own checks. They have no effect here and are not mistakes. */
const OTHERS = /^(?:URL(?:_\w+)?|CONTROL_URL|CA|PROXY_URL|NO_SKIP)$/;

/** All variables that the commands read: name → what it does. */
export const VARIABLES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(READ).map(([name, says]) => [PREFIX + name, says]),
);

/** Names of all variables that the commands read. */
export const ENVIRONMENT: readonly string[] = Object.keys(VARIABLES);

/** Warns of each unknown variable that begins with `MOCK429_`: the user expects an effect that it does not have. */
export function warnOfUnknownVariables(io: Pick<Io, 'envNames'>, log: WriteLog): void {
  for (const name of io.envNames()) {
    if (!name.startsWith(PREFIX) || ENVIRONMENT.includes(name) || OTHERS.test(name.slice(PREFIX.length))) continue;
    const near = nearest(name, ENVIRONMENT);
    const fix = near === undefined ? `known: ${ENVIRONMENT.join(', ')}` : `did you mean ${near}?`;
    log('warn', `the variable ${name} has no effect; ${fix}`);
  }
}
