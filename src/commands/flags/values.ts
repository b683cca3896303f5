/**
 * Values of options and of the environment: read, or refused with what would do.
 * @module
 */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../limits/duration.js';
import { OptionError } from '../../options/options.js';

/** Collects `a --x b,c` and repeated options. */
export function collect(value: string, former: string[] = []): string[] {
  return [...former, ...value.split(',')];
}

/** Collects repeated options, commas and all. */
export function append(value: string, former: string[] = []): string[] {
  return [...former, value];
}

export function integer(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(
        `${JSON.stringify(text)} is not ${what}; give a whole number from ${least} to ${most}.`,
      );
    }
    return value;
  };
}

/** A number that need not be whole. */
export function within(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}; give a number from ${least} to ${most}.`);
    }
    return value;
  };
}

export function duration(what: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === undefined || ms === 0)
      throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}; give a duration such as 90s, 30m or 1h.`);
    return ms;
  };
}

/** A variable that switches something on (`1`, `true`, `yes`, `on`) or off (`0`, `false`, `no`, `off`). */
export function yesOrNo(text: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text.trim())) return true;
  if (/^(?:0|false|no|off)$/i.test(text.trim())) return false;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is neither yes nor no; write 1 or 0.`);
}

/** Reads a variable like the option of the same meaning. @throws OptionError */
export function parseWith<T>(parse: (text: string) => T, text: string | undefined, name: string): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new OptionError(`${name}: ${(error as Error).message}`);
  }
}
