/**
 * Schemas that must all hold, taken apart: references and `allOf` are followed, and keywords with alternatives are listed as choices.
 * @module
 */
import { isObject, type Json, type JsonObject } from '../document/json.js';
import type { JsonSchema, Schemas } from '../schema/schemas.js';
import { isEqual } from './evaluate.js';

/** Alternatives of which one is chosen. Each is a list of schemas that must hold as well. */
export type Choice = readonly (readonly JsonSchema[])[];

/** Schemas that must all hold. */
export interface Conjunction {
  /** All schemas, those of `allOf`, of references and of chosen alternatives included. */
  readonly parts: readonly JsonObject[];
  /** The references that were followed. Bases are members of an `allOf` with other members. */
  readonly addresses: ReadonlyMap<string, 'head' | 'base'>;
  /** The choices that are still to be made. */
  readonly choices: readonly Choice[];
  /** Whether there are keywords that a value, put together part by part, may still violate. */
  readonly isHard: boolean;
  /** Alternatives by discriminator. The value is checked by the one that its discriminator names, but only one should be valid, as `oneOf` says. */
  readonly exclusive: readonly (readonly JsonSchema[])[];
  /** Whether no value can be valid. */
  readonly isImpossible: boolean;
}

const NOTHING: Conjunction = {
  parts: [],
  addresses: new Map(),
  choices: [],
  exclusive: [],
  isHard: false,
  isImpossible: false,
};

/** How many alternatives of one keyword are tried. */
const MAX_ALTERNATIVES = 64;

/** Adds schemas to a conjunction. @param base the conjunction before; by default there is none @param skipped how many of its choices have been made */
export function conjoin(
  schemas: Schemas,
  added: readonly JsonSchema[],
  base: Conjunction = NOTHING,
  skipped = 0,
): Conjunction {
  const parts = [...base.parts];
  const known = new Set<JsonObject>(parts);
  const addresses = new Map(base.addresses);
  const choices = base.choices.slice(skipped);
  const exclusive = [...base.exclusive];
  let { isHard, isImpossible } = base;
  const add = (schema: JsonSchema, via: 'head' | 'base'): void => {
    if (schema === false) isImpossible = true;
    if (typeof schema === 'boolean' || known.has(schema)) return;
    known.add(schema);
    parts.push(schema);
    const { $ref, allOf, anyOf, oneOf, not, if: condition } = schema;
    if (typeof $ref === 'string' && !addresses.has($ref)) {
      addresses.set($ref, via);
      add(schemas.at($ref) ?? true, via);
    }
    const alternatives = alternativesOf(schemas, schema);
    if (alternatives.length > 1) exclusive.push(alternatives);
    const members = Array.isArray(allOf) ? (allOf as JsonSchema[]) : [];
    for (const member of members) add(member, members.length === 1 ? via : 'base');
    for (const alternatives of [anyOf, oneOf])
      if (Array.isArray(alternatives)) choices.push(ordered(alternatives as JsonSchema[]).map((one) => [one]));
    if (condition !== undefined) choices.push(conditional(schema, condition as JsonSchema));
    for (const [name, one] of isObject(schema['dependentSchemas']) ? Object.entries(schema['dependentSchemas']) : [])
      choices.push([[one as JsonSchema], [{ properties: { [name]: false } }]]);
    isHard ||= Array.isArray(oneOf) || not !== undefined || condition !== undefined || schema['contains'] !== undefined;
  };
  for (const schema of added) add(schema, 'head');
  return { parts, addresses, choices, exclusive, isHard, isImpossible: isImpossible || contradict(parts) };
}

/** The alternatives of `oneOf` that a discriminator selects among. In the converted schema they are conditions on its value. */
export function alternativesOf(schemas: Schemas, schema: JsonObject): JsonSchema[] {
  const { allOf, oneOf } = schema;
  const source = Array.isArray(allOf) && oneOf === undefined ? schemas.sourceOf(schema) : undefined;
  if (source === undefined || !isObject(source['discriminator']) || !Array.isArray(source['oneOf'])) return [];
  const references = new Set<string>();
  for (const member of allOf as JsonSchema[]) {
    const consequence = isObject(member) && member['if'] !== undefined ? member['then'] : undefined;
    if (isObject(consequence) && typeof consequence['$ref'] === 'string') references.add(consequence['$ref']);
  }
  return [...references].map(($ref) => ({ $ref }));
}

/** The alternatives in the order in which they are tried: `null` last. */
function ordered(alternatives: readonly JsonSchema[]): readonly JsonSchema[] {
  const isNull = (one: JsonSchema) => isObject(one) && (one['type'] === 'null' || one['const'] === null);
  const some = alternatives.slice(0, MAX_ALTERNATIVES);
  return [...some.filter((one) => !isNull(one)), ...some.filter(isNull)];
}

function conditional({ then: consequence = true, else: otherwise = true }: JsonObject, condition: JsonSchema): Choice {
  return [
    [condition, consequence as JsonSchema],
    [{ not: condition }, otherwise as JsonSchema],
  ];
}

/** Whether schemas contradict each other in an evident way: by their types, constants, or those of required properties. */
function contradict(parts: readonly JsonObject[]): boolean {
  if (parts.length < 2) return false;
  const types = typesOf(parts);
  if (types?.length === 0 || valuesOf(parts)?.length === 0) return true;
  const names = new Set(parts.flatMap(({ required }) => (Array.isArray(required) ? required.map(String) : [])));
  for (const name of names) {
    const inner: JsonObject[] = [];
    for (const { properties } of parts) {
      const property = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (property === false) return true;
      if (isObject(property)) inner.push(property);
    }
    if (inner.length > 1 && (valuesOf(inner)?.length === 0 || typesOf(inner)?.length === 0)) return true;
  }
  return false;
}

const ALL_TYPES = ['string', 'object', 'array', 'integer', 'number', 'boolean', 'null'];

/** The types that all schemas allow, in the order of the first that names some; `undefined` if none names any. */
export function typesOf(parts: readonly JsonObject[]): string[] | undefined {
  let types: string[] | undefined;
  for (const { type, not } of parts) {
    if (type !== undefined) {
      const allowed = (Array.isArray(type) ? type : [type]).map(String);
      types = types === undefined ? allowed : intersectTypes(types, allowed);
    }
    const excluded = isObject(not) && Object.keys(not).length === 1 ? not['type'] : undefined;
    if (excluded !== undefined) {
      const forbidden = (Array.isArray(excluded) ? excluded : [excluded]).map(String);
      types = (types ?? ALL_TYPES).filter(
        (one) => !forbidden.includes(one) && !(one === 'integer' && forbidden.includes('number')),
      );
    }
  }
  return types;
}

function intersectTypes(some: readonly string[], others: readonly string[]): string[] {
  const both = some.flatMap((one) => {
    if (others.includes(one)) return [one];
    if (one === 'number' && others.includes('integer')) return ['integer'];
    return one === 'integer' && others.includes('number') ? ['integer'] : [];
  });
  return [...new Set(both)];
}

/** The values that `enum` and `const` of all schemas allow; `undefined` if no schema has them. */
export function valuesOf(parts: readonly JsonObject[]): Json[] | undefined {
  let values: Json[] | undefined;
  for (const part of parts) {
    const lists = [part['enum'], part['const'] === undefined ? undefined : [part['const']]];
    for (const allowed of lists) {
      if (!Array.isArray(allowed)) continue;
      values = values === undefined ? allowed : values.filter((one) => allowed.some((other) => isEqual(one, other)));
    }
  }
  return values;
}
