/**
 * Values for a schema. They are proposals: whoever asks checks them with Ajv before they count as valid.
 * @module
 */
import type { Random } from '../../fuzz/random.js';
import { canonical, isObject, type Json, type JsonObject, listOf, objectOf } from '../api/json.js';
import type { Source } from '../api/source.js';
import type { Checks } from './checks.js';
import { flatten } from './flatten.js';
import { makeString } from './strings.js';

/** Deeper than this only what is required is made. */
const DEEP = 3;
/** Deeper than this a schema needs itself without end. */
const TOO_DEEP = 12;
const TRIES = 12;
/** So many values are made for one proposal: lists of lists may ask for millions. */
const MAX_VALUES = 5_000;
const MAX_ITEMS = 200;

class CannotMake extends Error {}

/** Makes values for schemas, from a seed. */
export class Maker {
  readonly #source: Source;
  readonly #checks: Checks;
  readonly #random: Random;
  /** Values that the proposal may still have. */
  #left = MAX_VALUES;

  constructor(source: Source, checks: Checks, random: Random) {
    this.#source = source;
    this.#checks = checks;
    this.#random = random;
  }

  /**
   * @param share of the optional properties: 0 for the smallest value
   * @param examples tried where nothing that was made is valid
   * @param fits a further condition
   * @returns a value that the schema allows by Ajv, or `undefined` where none was found
   */
  valid(
    schema: Json | undefined,
    share: number,
    examples: readonly Json[] = [],
    fits: (value: Json) => boolean = () => true,
  ): Json | undefined {
    for (let tries = 0; tries < TRIES; tries++) {
      // Later tries are simpler.
      const value = this.#propose(schema, tries < TRIES / 2 ? share : 0);
      if (value !== undefined && fits(value) && this.#checks.isValid(schema, value)) return value;
    }
    const own = isObject(schema) ? [schema['example'], schema['default'], ...listOf(schema['examples'])] : [];
    return [...examples, ...own].find(
      (one) => one !== undefined && one !== null && fits(one) && this.#checks.isValid(schema, one),
    );
  }

  #propose(schema: Json | undefined, share: number): Json | undefined {
    this.#left = MAX_VALUES;
    try {
      return this.#make(schema, share, 0);
    } catch (error) {
      if (error instanceof CannotMake) return undefined;
      throw error;
    }
  }

  #make(given: Json | undefined, share: number, depth: number): Json {
    if (depth > TOO_DEEP || this.#left-- <= 0) throw new CannotMake();
    const { schema, fixed } = flatten(this.#source, given, (alternatives) => this.#random.below(alternatives.length));
    if (schema['const'] !== undefined) return schema['const'];
    const choices = listOf(schema['enum']).filter((one) => one !== null);
    if (Array.isArray(schema['enum'])) {
      if (choices.length === 0) throw new CannotMake();
      return this.#random.pick(choices);
    }
    switch (typeOf(schema, this.#random)) {
      case 'object':
        return this.#object(schema, fixed, share, depth);
      case 'array':
        return this.#array(schema, share, depth);
      case 'integer':
        return makeNumber(schema, true, this.#random);
      case 'number':
        return makeNumber(schema, false, this.#random);
      case 'boolean':
        return this.#random.chance(0.5);
      case 'null':
        return null;
      default: {
        const text = makeString(schema, this.#random);
        if (text === undefined) throw new CannotMake();
        return text;
      }
    }
  }

  #object(schema: JsonObject, fixed: JsonObject, share: number, depth: number): JsonObject {
    const properties = objectOf(schema['properties']);
    const required = new Set(listOf(schema['required']).map(String));
    const out: Record<string, Json> = {};
    const { propertyName } = objectOf(schema['discriminator']);
    for (const name of new Set([...Object.keys(properties), ...required])) {
      const property = properties[name];
      if (this.#checks.converter.isOneWay(property)) continue;
      const wanted = required.has(name) || name in fixed || (depth < DEEP && this.#random.chance(share));
      if (!wanted) continue;
      if (fixed[name] !== undefined) {
        out[name] = fixed[name];
        continue;
      }
      try {
        const value = this.#make(property ?? additional(schema), share, depth + 1);
        // A null is seldom meant for a client to send.
        if (value !== null || required.has(name)) out[name] = value;
      } catch (error) {
        if (required.has(name) || !(error instanceof CannotMake)) throw error;
      }
    }
    if (typeof propertyName === 'string' && fixed[propertyName] !== undefined) out[propertyName] = fixed[propertyName];
    this.#fill(schema, properties, out, depth);
    return out;
  }

  /** More properties, up to `minProperties`. */
  #fill(schema: JsonObject, properties: JsonObject, out: Record<string, Json>, depth: number): void {
    const least = Number(schema['minProperties'] ?? 0);
    if (least > MAX_ITEMS) throw new CannotMake();
    for (const name of Object.keys(properties)) {
      if (Object.keys(out).length >= least) return;
      if (!(name in out) && !this.#checks.converter.isOneWay(properties[name]))
        out[name] = this.#make(properties[name], 0, depth + 1);
    }
    for (let i = 1; Object.keys(out).length < least; i++) out[`key${i}`] = this.#make(additional(schema), 0, depth + 1);
  }

  #array(schema: JsonObject, share: number, depth: number): Json[] {
    const prefix = listOf(schema['prefixItems']);
    const least = Math.max(Number(schema['minItems'] ?? 0), prefix.length);
    const most = Number(schema['maxItems'] ?? Number.POSITIVE_INFINITY);
    if (least > MAX_ITEMS) throw new CannotMake();
    const usual = depth < DEEP && share > 0 ? this.#random.between(1, 2) : 1;
    const wanted = Math.min(Math.max(least, depth < DEEP ? usual : 0), most);
    const out: Json[] = [];
    const seen = new Set<string>();
    for (let tries = 0; out.length < wanted && tries < wanted + 20; tries++) {
      let item: Json;
      try {
        item = this.#make(prefix[out.length] ?? schema['items'] ?? { type: 'string' }, share, depth + 1);
      } catch (error) {
        // An item of a kind that holds itself can be left out where none is asked for.
        if (out.length >= least && error instanceof CannotMake) break;
        throw error;
      }
      const text = canonical(item);
      if (schema['uniqueItems'] === true && seen.has(text)) continue;
      seen.add(text);
      out.push(item);
    }
    return out;
  }
}

/** The schema of properties that have none of their own. */
function additional(schema: JsonObject): Json {
  const given = schema['additionalProperties'];
  return isObject(given) && Object.keys(given).length > 0 ? given : { type: 'string' };
}

/** The type of a schema; where it names none, the one that its keywords are about. */
export function typeOf(schema: JsonObject, random: Random): string {
  const named = [schema['type'] ?? []].flat().map(String);
  const real = named.filter((type) => type !== 'null');
  if (real.length > 0) return random.pick(real);
  if (named.length > 0) return 'null';
  const has = (...keys: string[]) => keys.some((key) => schema[key] !== undefined);
  if (has('properties', 'additionalProperties', 'required', 'minProperties', 'patternProperties')) return 'object';
  if (has('items', 'prefixItems', 'minItems', 'maxItems')) return 'array';
  if (has('minimum', 'maximum', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum')) return 'number';
  return 'string';
}

/** @throws CannotMake where no number fits */
export function makeNumber(schema: JsonObject, whole: boolean, random: Random): number {
  const flag = (key: string) => schema[key] === true;
  const bound = (key: string) => (typeof schema[key] === 'number' ? (schema[key] as number) : undefined);
  const step = bound('multipleOf') ?? (whole ? 1 : 0.5);
  const above = bound('exclusiveMinimum') ?? (flag('exclusiveMinimum') ? bound('minimum') : undefined);
  const below = bound('exclusiveMaximum') ?? (flag('exclusiveMaximum') ? bound('maximum') : undefined);
  const tick = whole ? Math.max(1, step) : step;
  const lowest = Math.max(bound('minimum') ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY);
  const highest = Math.min(bound('maximum') ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY);
  const fits = (n: number) => n >= lowest && n <= highest && n !== above && n !== below;
  const from = Number.isFinite(lowest) ? lowest : Number.isFinite(highest) && highest < 1 ? highest - 20 * tick : 1;
  let first = Math.ceil(from / tick) * tick;
  if (first === above) first += tick;
  const candidate = round(first + random.below(9) * tick);
  if (fits(candidate)) return candidate;
  if (fits(round(first))) return round(first);
  const middle = (lowest + highest) / 2;
  if (!whole && bound('multipleOf') === undefined && fits(middle)) return middle;
  throw new CannotMake();
}

/** Without the noise of binary fractions. */
function round(n: number): number {
  return Number(n.toPrecision(12));
}
