/**
 * Checks the options of `createMock()` before anything is loaded. JavaScript callers have no type check, and a misspelt key that has no effect would mislead a
 * test.
 * @module
 */

import { nearest, suggest } from '../profile/errors.js';
import type { MockOptions } from './options.js';
import { OptionError } from './scoped.js';

/** A type of option values. */
interface Kind {
  /** Noun for messages: "must be …". */
  readonly noun: string;
  readonly fits: (value: unknown) => boolean;
}

const text: Kind = { noun: 'a string', fits: (value) => typeof value === 'string' };
const number: Kind = { noun: 'a number', fits: (value) => typeof value === 'number' && !Number.isNaN(value) };
const flag: Kind = { noun: 'true or false', fits: (value) => typeof value === 'boolean' };
const list: Kind = {
  noun: 'a list of strings',
  fits: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};
const names: Kind = { noun: 'a string or a list of strings', fits: (value) => text.fits(value) || list.fits(value) };
const time: Kind = {
  noun: 'milliseconds or a duration such as 30m',
  fits: (value) => number.fits(value) || text.fits(value),
};
const documents: Kind = {
  noun: 'a path, a URL, a document as an object, or a list of these',
  fits: (value) => [value].flat().every((one) => text.fits(one) || isRecord(one)),
};
const call: Kind = { noun: 'a function', fits: (value) => typeof value === 'function' };
/** `checkClock` checks the value. */
const clock: Kind = { noun: '', fits: () => true };

/** The type of every option of `MockOptions`. The compiler insists that none is missing. */
const OPTIONS: Readonly<Record<keyof MockOptions, Kind>> = {
  profile: names,
  openapi: documents,
  allowRemoteRefs: flag,
  strictExamples: flag,
  ietf: number,
  variant: names,
  plan: names,
  set: list,
  compress: number,
  clock,
  maxBodyBytes: number,
  maxBuckets: number,
  maxSandboxes: number,
  maxSandboxBytes: number,
  sandboxIdle: time,
  journalSize: number,
  judge: flag,
  holdRefusals: { noun: 'true, false or "always"', fits: (value) => flag.fits(value) || value === 'always' },
  webhookHosts: list,
  trustedProxies: list,
  prefer: flag,
  cors: flag,
  controlToken: text,
  controlTokenRequired: flag,
  log: call,
};

/** Common wrong names of options. */
const OTHER_NAMES: Readonly<Record<string, keyof MockOptions>> = {
  maxBody: 'maxBodyBytes',
  webhookHost: 'webhookHosts',
  trustProxy: 'trustedProxies',
  hold: 'holdRefusals',
  document: 'openapi',
  documents: 'openapi',
  openApi: 'openapi',
  spec: 'openapi',
};

/** Checks names and types of the options. @throws OptionError on the first unknown key or value of a wrong type */
export function checkOptions(options: unknown): void {
  if (!isRecord(options))
    throw new OptionError(
      `createMock() takes an object of options, such as { profile: 'my-api' }, not ${display(options)}`,
    );
  for (const [key, value] of Object.entries(options)) {
    const kind = Object.hasOwn(OPTIONS, key) ? OPTIONS[key as keyof MockOptions] : undefined;
    if (!kind) throw new OptionError(`unknown option "${key}"; ${fixFor(key)}`);
    if (value === undefined) continue;
    if (!kind.fits(value))
      throw new OptionError(`${key} must be ${kind.noun}, not ${display(value)}${hint(key, value)}`);
    if (kind === clock) checkClock(value);
  }
}

function fixFor(key: string): string {
  const other = Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key] : undefined;
  return other ? `did you mean "${other}"?` : suggest(key, Object.keys(OPTIONS));
}

function hint(key: string, value: unknown): string {
  return OPTIONS[key as keyof MockOptions] === list && typeof value === 'string'
    ? `; write [${JSON.stringify(value)}]`
    : '';
}

const CLOCK_WORDS = ['system', 'frozen'];
const CLOCK_KEYS = ['now', 'frozen'];
const CLOCK_FIX = `write 'system', 'frozen', an instant such as '2026-05-12T08:00:00Z', or { now, frozen }`;

/** Checks the type of the option `clock`. `parseInstant` checks the instant itself. */
function checkClock(value: unknown): void {
  if (typeof value === 'string') {
    if (CLOCK_WORDS.includes(value) || /^\d/.test(value)) return;
    const near = nearest(value, CLOCK_WORDS);
    throw new OptionError(
      `clock ${display(value)} is not a valid setting of the clock; ${near === undefined ? CLOCK_FIX : `did you mean "${near}"?`}`,
    );
  }
  if (number.fits(value)) return;
  if (!isRecord(value))
    throw new OptionError(`clock ${display(value)} is not a valid setting of the clock; ${CLOCK_FIX}`);
  for (const [key, setting] of Object.entries(value)) {
    if (!CLOCK_KEYS.includes(key)) throw new OptionError(`unknown option "clock.${key}"; ${suggest(key, CLOCK_KEYS)}`);
    if (setting === undefined) continue;
    if (key === 'frozen' && !flag.fits(setting))
      throw new OptionError(`clock.frozen must be ${flag.noun}, not ${display(setting)}`);
    if (key === 'now' && !time.fits(setting))
      throw new OptionError(`clock.now must be an instant (ISO 8601 or epoch ms), not ${display(setting)}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as text, shortened. */
function display(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 60 ? `${written.slice(0, 59)}…` : written;
}
