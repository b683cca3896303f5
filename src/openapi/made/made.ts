/**
 * Made data: a valid value for each schema of a document, made and checked when it is first used.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { OpenApiDocument } from '../document/document.js';
import { isObject, type Json } from '../document/json.js';
import { SchemaCompiler } from '../schema/compiler.js';
import { safePatterns } from '../schema/patterns.js';
import { type Direction, type Schemas, schemasOf } from '../schema/schemas.js';
import { Evaluator } from './evaluate.js';
import { withoutWriteOnly } from './examples.js';
import { Maker } from './maker.js';
import { FAILED, type Made } from './place.js';

/** A made value. */
export interface MadeValue {
  /** Shared: it must not be changed. */
  readonly value: Json;
  /** Why it is not valid, if no valid value was found: the schema contradicts itself, or asks for more than can be sent. */
  readonly problem: string | undefined;
}

/** Evaluations that a value may take to be checked by Ajv. More would take longer than a client waits. */
const MAX_EVALUATIONS = 300_000;
/** Evaluations up to which a value is checked by Ajv even if it is valid as far as can be told without. Compiling the schemas of larger values takes seconds. */
const MAX_COMPILED = 400;
/** Variants of the whole value that are made if the first one is not valid. */
const VARIANTS = [0, 1, 2, 4];

/** Makes data for the schemas of one document. */
export class MadeData {
  readonly #schemas: Schemas;
  readonly #compiler: SchemaCompiler;
  readonly #made = new Map<string, MadeValue>();
  #evaluations = 0;

  constructor(document: OpenApiDocument) {
    this.#schemas = schemasOf(document);
    const patterns = safePatterns(document.dialect);
    this.#compiler = new SchemaCompiler(this.#schemas, { converts: false, fills: false, patterns });
  }

  /** How many evaluations of schemas `evidentProblemOf` has made: a measure of its work. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** The value for the schema at a canonical pointer. @param name what it is, for realism: the name of a header or of a property */
  at(pointer: string, direction: Direction = 'response', name = ''): MadeValue {
    const key = `${direction} ${name} ${pointer}`;
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make(this.#schemas.addressOf(pointer, direction), name);
      this.#made.set(key, made);
    }
    return made;
  }

  /** Why a value is not valid by the schema at a pointer; `undefined` if it is valid, or cannot be checked. The value is not changed. */
  problemOf(pointer: string, value: Json, direction: Direction = 'response'): string | undefined {
    return this.#problem(this.#schemas.addressOf(pointer, direction), value);
  }

  /** Like `problemOf`, without compiling the schema of a valid value. A violation of `unevaluatedProperties` or `unevaluatedItems` is not found. */
  evidentProblemOf(pointer: string, value: Json, direction: Direction = 'response'): string | undefined {
    const evaluator = new Evaluator(this.#schemas, MAX_EVALUATIONS);
    const schema = { $ref: this.#schemas.addressOf(pointer, direction) };
    const isValid = guarded(() => evaluator.isValid(schema, value), true);
    this.#evaluations += MAX_EVALUATIONS - evaluator.left;
    return isValid ? undefined : this.problemOf(pointer, value, direction);
  }

  /** A value without the properties that answers never have. The value itself if it has none of them. */
  answered(pointer: string, value: Json): Json {
    const schema = this.#schemas.at(this.#schemas.addressOf(pointer, 'response'));
    return schema === undefined ? value : guarded(() => withoutWriteOnly(this.#schemas, schema, value), value);
  }

  #make(address: string, name: string): MadeValue {
    let first: MadeValue | undefined;
    let isExhausted = false;
    // A reference is entered again only if there is no value otherwise.
    for (const repeats of [0, 2]) {
      for (const variant of isExhausted || first ? [] : VARIANTS) {
        const maker = new Maker(this.#schemas, { repeats, lenient: false });
        const value = attempt(maker, address, name, variant);
        isExhausted ||= maker.isExhausted;
        if (value === FAILED || isExhausted) break;
        const problem = this.#problem(address, value);
        if (problem === undefined) return { value, problem };
        first ??= { value, problem };
      }
    }
    if (first) return first;
    const nearest = attempt(new Maker(this.#schemas, { repeats: 0, lenient: true }), address, name, 0);
    const value = nearest === FAILED ? null : nearest;
    return { value, problem: this.#problem(address, value) };
  }

  #problem(address: string, value: Json): string | undefined {
    const evaluator = new Evaluator(this.#schemas, MAX_EVALUATIONS);
    const isValid = guarded(() => evaluator.isValid({ $ref: address }, value), true);
    if (evaluator.isExhausted) return undefined;
    if (isValid && !evaluator.isPartial && MAX_EVALUATIONS - evaluator.left > MAX_COMPILED) return undefined;
    const check = this.#compiler.compileAt(address);
    if (check(value)) return undefined;
    const [error] = check.errors ?? [];
    if (error === undefined) return 'it is not valid';
    const at = error.instancePath === '' ? 'the value' : error.instancePath;
    return `${at} ${error.message ?? 'is not valid'}${detail(error.params)}`;
  }
}

/** The made data of a document; the same object for the same document. */
export const madeDataOf = memoiseWeakly((document: OpenApiDocument) => new MadeData(document));

function attempt(maker: Maker, address: string, name: string, variant: number): Made {
  return guarded(() => maker.whole({ $ref: address }, name, variant), FAILED);
}

/** The result of work; `fallback` if a schema is nested so deep that the stack overflows. */
function guarded<T>(work: () => T, fallback: T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fallback;
  }
}

function detail(params: Readonly<Record<string, unknown>>): string {
  const { additionalProperty, allowedValues } = params;
  if (typeof additionalProperty === 'string') return ` ("${additionalProperty}")`;
  return Array.isArray(allowedValues) && !isObject(allowedValues)
    ? `: ${allowedValues.slice(0, 5).map(String).join(', ')}`
    : '';
}
