/**
 * Parsers for the values of flags and environment variables. They throw with a suggested fix.
 * @module
 */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../limits/duration.js';
import { OptionError } from '../../options/options.js';

/** Collects repeated flags and comma lists. */
export function collect(value: string, former: string[] = []): string[] {
  return [...former, ...value.split(',')];
}

/** Collects repeated flags without splitting at commas. */
export function append(value: string, former: string[] = []): string[] {
  return [...former, value];
}

/** Creates a parser of whole numbers from `least` to `most`. @param what noun for messages: "is not …" */
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

/** Creates a parser of numbers from `least` to `most`. @param what noun for messages: "is not …" */
export function within(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}; give a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Creates a parser of durations, in milliseconds. @param what noun for messages: "is not …" */
export function duration(what: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === undefined || ms === 0)
      throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}; give a duration such as 90s, 30m or 1h.`);
    return ms;
  };
}

/** Creates a parser of one of several numbers or words. @param what noun for messages: "is not …" */
export function oneOf<T extends number | string>(what: string, values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((one) => String(one) === text.trim());
    if (value === undefined)
      throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}; give one of ${values.join(', ')}.`);
    return value;
  };
}

/** Parses a boolean variable: on (`1`, `true`, `yes`, `on`) or off (`0`, `false`, `no`, `off`). */
export function yesOrNo(text: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text.trim())) return true;
  if (/^(?:0|false|no|off)$/i.test(text.trim())) return false;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is neither yes nor no; write 1 or 0.`);
}

/** Parses a variable with the parser of its flag; `undefined` where it is not set. @throws OptionError */
export function parseWith<T>(parse: (text: string) => T, text: string | undefined, name: string): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new OptionError(`${name}: ${(error as Error).message}`);
  }
}
