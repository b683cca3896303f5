/**
 * Strings that fit a format, a pattern and a length.
 * @module
 */
import fc from 'fast-check';
import type { Random } from '../../fuzz/random.js';
import type { JsonObject } from '../api/json.js';
import { compilePattern } from './checks.js';

const WORDS = ['alpha', 'bravo', 'delta', 'kilo', 'lima', 'oscar', 'sierra', 'tango', 'victor', 'zulu'];
/** Longer values are not made: no client sends them by chance. */
const MAX_LENGTH = 20_000;

const BY_FORMAT: Readonly<Record<string, (random: Random) => string>> = {
  date: (random) => `2024-0${random.between(1, 9)}-1${random.below(10)}`,
  'date-time': (random) => `2024-0${random.between(1, 9)}-1${random.below(10)}T10:${random.between(10, 59)}:00Z`,
  time: (random) => `10:${random.between(10, 59)}:00Z`,
  duration: (random) => `PT${random.between(1, 59)}M`,
  email: (random) => `${random.pick(WORDS)}${random.below(1000)}@example.com`,
  'idn-email': (random) => `${random.pick(WORDS)}@example.com`,
  hostname: (random) => `${random.pick(WORDS)}.example.com`,
  uri: (random) => `https://example.com/${random.pick(WORDS)}`,
  url: (random) => `https://example.com/${random.pick(WORDS)}`,
  'uri-reference': (random) => `/${random.pick(WORDS)}`,
  uuid: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  ipv4: (random) => `192.0.2.${random.between(1, 250)}`,
  ipv6: (random) => `2001:db8::${random.between(1, 250)}`,
  byte: (random) => Buffer.from(random.pick(WORDS)).toString('base64'),
  'json-pointer': (random) => `/${random.pick(WORDS)}`,
  regex: () => '^a+$',
};

function hex(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick([...'0123456789abcdef'])).join('');
}

/** @returns `undefined` where none was found */
export function makeString(schema: JsonObject, random: Random): string | undefined {
  const shortest = Number(schema['minLength'] ?? 0);
  const longest = Number(schema['maxLength'] ?? Number.POSITIVE_INFINITY);
  if (shortest > MAX_LENGTH || longest < shortest) return undefined;
  const fits = (text: string) => {
    const { length } = [...text];
    return length >= shortest && length <= longest;
  };
  const { pattern, format } = schema;
  if (typeof pattern === 'string') return ofPattern(pattern, schema, random, fits);
  if (typeof format === 'string' && Object.hasOwn(BY_FORMAT, format)) return BY_FORMAT[format]!(random);
  const plain = `${random.pick(WORDS)}${random.between(10, 999)}`;
  // An empty value cannot be told from none in most places, so it is made only where nothing else fits.
  return plain.slice(0, longest).padEnd(shortest, 'x');
}

/** Plain values first: they are the least likely to be mistaken for syntax where they are sent. */
function ofPattern(
  pattern: string,
  schema: JsonObject,
  random: Random,
  fits: (text: string) => boolean,
): string | undefined {
  const check = compilePattern(pattern);
  const { format, example } = schema;
  const given = [example, ...[schema['examples'] ?? []].flat()].filter((one) => typeof one === 'string');
  const formatted = typeof format === 'string' && Object.hasOwn(BY_FORMAT, format) ? [BY_FORMAT[format]!(random)] : [];
  const good = (text: string) => fits(text) && check.test(text);
  const ready = [...formatted, ...given].find(good);
  if (ready !== undefined) return ready;
  try {
    const anchored = new RegExp(pattern);
    const samples = fc.sample(fc.stringMatching(anchored, { size: 'small' }), {
      seed: random.below(2 ** 31),
      numRuns: 40,
    });
    const sampled = samples.filter(good);
    const tame = sampled.find((text) => /^[\w.@:+-]+$/.test(text));
    if (tame ?? sampled[0]) return tame ?? sampled.find((text) => text !== '') ?? sampled[0];
  } catch {
    // A pattern that cannot be sampled, such as one that looks behind.
  }
  const length = Math.max(1, Number(schema['minLength'] ?? 1));
  return ['a', '1', 'A', 'aA1', 'abc', '123', 'a1'].map((text) => text.padEnd(length, text)).find(good);
}
