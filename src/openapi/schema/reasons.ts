/**
 * The errors of an invalid value, as few as help. A validator reports the errors of all alternatives of `oneOf` and `anyOf`; here only those of the alternative
 * that was most probably meant are kept.
 * @module
 */
import { isObject } from '../document/json.js';
import type { SchemaCompiler } from './compiler.js';
import type { SchemaFault } from './schema-check.js';
import type { JsonSchema } from './schemas.js';

/** Most errors that are looked into; the others are left out. */
const MAX_FAULTS = 200;
/** Most errors about alternatives that are looked into. */
const MAX_NARROWED = 100;
/** Most alternatives of one schema that are tried. */
const MAX_ALTERNATIVES = 100;
/** How deep alternatives within alternatives are looked into. */
const MAX_DEPTH = 5;

/** Finds the errors of invalid values. */
export class Reasons {
  #left = MAX_NARROWED;

  /** @param compiler must explain its errors */
  constructor(readonly compiler: SchemaCompiler) {}

  /** The errors of a value by the schema at an address; empty if it is valid. */
  of(address: string, value: unknown): readonly SchemaFault[] {
    this.#left = MAX_NARROWED;
    const check = this.compiler.compileAt(address);
    return check(value) ? [] : this.#narrowed((check.errors ?? []).slice(0, MAX_FAULTS), 0);
  }

  #narrowed(faults: readonly SchemaFault[], depth: number): readonly SchemaFault[] {
    let kept: readonly SchemaFault[] = faults;
    // The error about the alternatives follows their own errors, so that outer ones come last.
    for (let i = kept.length - 1; i >= 0; i--) {
      const fault = kept[i]!;
      const alternatives = alternativesOf(fault);
      if (alternatives === undefined || this.#left <= 0 || depth >= MAX_DEPTH) continue;
      this.#left -= 1;
      const all = alternatives.map((one) => this.#errorsOf(one, fault));
      const reported = new Set(all.flat().map(signature));
      const before = kept.slice(0, i).filter((one) => !reported.has(signature(one)));
      const best = this.#nearest(all.map((one) => this.#narrowed(one, depth + 1)));
      // The alternatives of `nullable` are not in the document.
      const after = best.length > 0 && this.#isNullable(fault) ? kept.slice(i + 1) : kept.slice(i);
      kept = [...before, ...best, ...after];
      i = before.length;
    }
    return kept;
  }

  /** Whether the alternatives of an error are null and a schema with `nullable`. */
  #isNullable({ keyword, parentSchema }: SchemaFault): boolean {
    if (keyword !== 'anyOf' || !isObject(parentSchema)) return false;
    const { schemas } = this.compiler;
    const [, inner] = parentSchema['anyOf'] as JsonSchema[];
    // Both were made from the same schema of the document.
    const source = schemas.sourceOf(parentSchema);
    return source !== undefined && isObject(inner) && schemas.sourceOf(inner) === source;
  }

  /** The errors of a value by one alternative. */
  #errorsOf(alternative: JsonSchema, { data, instancePath }: SchemaFault): SchemaFault[] {
    const check = this.compiler.compile(alternative, '#');
    check(data);
    return (check.errors ?? []).map((one) => ({ ...one, instancePath: instancePath + one.instancePath }));
  }

  /** The errors of the alternative that was most probably meant. */
  #nearest(all: readonly (readonly SchemaFault[])[]): readonly SchemaFault[] {
    // A property that a single alternative refuses does not tell it from others.
    if (all.length === 1) return all[0]!;
    const tag = commonTag(all);
    if (tag !== undefined) return [tag];
    const shortest = Math.min(...all.flat().map(({ instancePath }) => instancePath.length));
    const rated = all.map((faults) => ({ faults, distance: distanceOf(faults, shortest) }));
    return rated.reduce((best, one) => (one.distance < best.distance ? one : best)).faults;
  }
}

function alternativesOf({ keyword, parentSchema, params }: SchemaFault): readonly JsonSchema[] | undefined {
  if (keyword !== 'anyOf' && keyword !== 'oneOf') return undefined;
  // More than one alternative of `oneOf` is valid: there are no other errors.
  if (params['passingSchemas'] !== undefined && params['passingSchemas'] !== null) return undefined;
  const list = parentSchema?.[keyword];
  return Array.isArray(list) && list.length <= MAX_ALTERNATIVES ? (list as JsonSchema[]) : undefined;
}

function signature({ instancePath, keyword, params, schemaPath }: SchemaFault & { schemaPath?: string }): string {
  const last = schemaPath === undefined ? '' : schemaPath.slice(schemaPath.lastIndexOf('/'));
  return JSON.stringify([instancePath, keyword, params, last]);
}

/**
 * The error about a value that every alternative refuses by a constant or by its type: a property that tells the alternatives apart, or a value of a type that none
 * has.
 */
function commonTag(all: readonly (readonly SchemaFault[])[]): SchemaFault | undefined {
  for (const first of all[0] ?? []) {
    const group = TAGS.find((keywords) => keywords.includes(first.keyword));
    if (group === undefined) continue;
    const same = all.map((faults) =>
      faults.find(({ instancePath, keyword }) => instancePath === first.instancePath && group.includes(keyword)),
    );
    if (same.some((one) => one === undefined)) continue;
    const values = same.flatMap((one) => valuesOf(one!));
    return group === TYPE
      ? { ...first, params: { type: [...new Set(values)] }, message: `must be ${[...new Set(values)].join(' or ')}` }
      : {
          ...first,
          keyword: 'enum',
          params: { allowedValues: values },
          message: 'must be equal to one of the allowed values',
        };
  }
  return undefined;
}

const TYPE = ['type'];
const TAGS: readonly (readonly string[])[] = [['const', 'enum'], TYPE];

function valuesOf({ keyword, params }: SchemaFault): unknown[] {
  const value = keyword === 'const' ? params['allowedValue'] : (params['allowedValues'] ?? params['type']);
  return Array.isArray(value) ? value : [value];
}

/** How far a value is from an alternative. A wrong type of the whole, and a constant that tells alternatives apart, weigh most. */
function distanceOf(faults: readonly SchemaFault[], shortest: number): number {
  let distance = 0;
  for (const { keyword, instancePath, parentSchema } of faults) {
    if (keyword === 'type' && instancePath.length === shortest) distance += 1_000;
    else if (keyword === 'const') distance += 100;
    else if (keyword === 'enum') distance += isTag(parentSchema) ? 100 : 3;
    else if (keyword === 'required') distance += 2;
    else distance += 1;
  }
  return distance;
}

function isTag(schema: unknown): boolean {
  return isObject(schema) && Array.isArray(schema['enum']) && schema['enum'].length === 1;
}
