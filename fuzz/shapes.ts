/**
 * Values by their JSON schema, with odd ones in their places now and then.
 * @module
 */
import { Entries, NAMES, oddText, oddValue, type Value } from './json.js';
import type { Random } from './random.js';

/** A JSON schema of an OpenAPI document; `$ref`s are resolved when a value is made. */
export type Schema = Readonly<Record<string, unknown>>;

/** An OpenAPI document as it was parsed. */
export type Document = Readonly<Record<string, unknown>>;

/** Makes values from schemas of one document. They follow from the random numbers, and from nothing else. */
export class Shapes {
  /** @param odd share of the values that do not fit */
  constructor(
    readonly document: Document,
    readonly odd = 0.08,
  ) {}

  /** A value that fits the schema, but for the odd ones. Deeper than eight levels all are odd, so that recursive schemas end. */
  value(schema: Schema | undefined, random: Random, depth = 0): Value {
    if (!schema || depth > 8 || random.chance(this.odd)) return oddValue(random, depth);
    const whole = this.resolve(schema);
    const choices = (whole['anyOf'] ?? whole['oneOf']) as Schema[] | undefined;
    if (choices) return this.value(random.pick(choices), random, depth + 1);
    const parts = whole['allOf'] as Schema[] | undefined;
    if (parts) return this.#all(parts, random, depth);
    if (Array.isArray(whole['enum'])) return random.pick(whole['enum'] as Value[]);
    if ('const' in whole) return whole['const'] as Value;
    return this.#typed(whole, random, depth);
  }

  /** Follows `$ref`s within the document, 20 at most; an empty schema where one leads nowhere. */
  resolve(schema: Schema): Schema {
    let found: unknown = schema;
    for (let hops = 0; hops < 20 && typeof (found as Schema)?.['$ref'] === 'string'; hops++) {
      const path = ((found as Schema)['$ref'] as string).replace(/^#\//, '').split('/');
      found = path.reduce<unknown>((at, key) => (at as Schema | undefined)?.[key], this.document);
    }
    return (found ?? {}) as Schema;
  }

  #all(parts: readonly Schema[], random: Random, depth: number): Value {
    const values = parts.map((part) => this.value(part, random, depth + 1));
    const objects = values.filter((value) => value instanceof Entries);
    return objects.length === 0 ? values[0]! : new Entries(objects.flatMap(({ entries }) => entries));
  }

  #typed(schema: Schema, random: Random, depth: number): Value {
    const types = [schema['type'] ?? (schema['properties'] ? 'object' : 'string')].flat() as string[];
    switch (random.pick(types)) {
      case 'object':
        return this.#object(schema, random, depth);
      case 'array': {
        const length = random.weighted([
          [2, 0],
          [6, 1],
          [3, 3],
          [1, 40],
        ] as const);
        return Array.from({ length }, () => this.value(schema['items'] as Schema, random, depth + 1));
      }
      case 'integer':
        return this.#whole(schema, random);
      case 'number':
        return random.pick([0, 0.5, 1, 1_000, random.below(1e9) / 7]);
      case 'boolean':
        return random.chance(0.5);
      case 'null':
        return null;
      default:
        return this.#text(schema, random);
    }
  }

  #whole({ minimum, maximum }: Schema, random: Random): number {
    const [least, most] = [Number(minimum ?? 0), Number(maximum ?? 1e6)];
    // Statuses, times, sizes: what is small is met sooner.
    if (random.chance(0.6) && most > least) return random.between(least, Math.min(most, least + 600));
    return random.pick([least, most, 0, 1, 2, 7, 100, 429, 503, 1_000, random.below(1e6)]);
  }

  #text(schema: Schema, random: Random): string {
    const { example, examples, default: usual } = schema as Record<string, unknown>;
    const given = [example, ...(Array.isArray(examples) ? examples : []), usual].filter(
      (one) => typeof one === 'string',
    );
    if (given.length > 0 && random.chance(0.7)) return random.pick(given) as string;
    if (schema['format'] === 'date-time') return '2026-05-12T08:00:00Z';
    return random.chance(0.5) ? random.word(random.between(1, 12)) : oddText(random);
  }

  #object(schema: Schema, random: Random, depth: number): Entries {
    const required = new Set((schema['required'] as string[] | undefined) ?? []);
    const entries: [string, Value][] = [];
    for (const [name, of] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
      if (random.chance(required.has(name) ? 0.93 : 0.4)) entries.push([name, this.value(of, random, depth + 1)]);
    }
    const more = schema['additionalProperties'];
    if (more && typeof more === 'object' && random.chance(0.7)) {
      for (let i = random.below(3); i >= 0; i--)
        entries.push([
          random.chance(0.3) ? random.pick(NAMES) : random.word(6),
          this.value(more as Schema, random, depth + 1),
        ]);
    }
    if (random.chance(0.06)) entries.push([random.pick(NAMES), oddValue(random, depth + 1)]);
    if (entries.length > 0 && random.chance(0.04)) entries.push([entries[0]![0], oddValue(random, depth + 1)]);
    return new Entries(entries);
  }
}
