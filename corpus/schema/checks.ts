/**
 * Checks of values against the schemas of one document. The corpus has its own, so that it does not ask the code that it measures.
 * @module
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Json } from '../api/json.js';
import type { Source } from '../api/source.js';
import { Converter, type Direction } from './convert.js';

/** Why a value is not valid; empty for a valid one; `undefined` where the schema cannot be checked. */
export type Errors = readonly ErrorObject[] | undefined;

/** The checks of one document, compiled when they are first needed. */
export class Checks {
  readonly #ajv = makeAjv();
  readonly #names = new Map<string, string>();
  readonly #compiled = new Map<Json | undefined, ValidateFunction | undefined>();
  /** References whose schemas Ajv has not been given yet. */
  readonly #pending: string[] = [];
  readonly #source: Source;
  readonly converter: Converter;

  constructor(source: Source, direction: Direction) {
    this.#source = source;
    this.converter = new Converter(source, direction, (reference) => this.#nameOf(reference));
  }

  errors(schema: Json | undefined, value: unknown): Errors {
    if (!this.#compiled.has(schema)) this.#compiled.set(schema, this.#compile(schema));
    const check = this.#compiled.get(schema);
    if (!check) return undefined;
    try {
      return check(value) ? [] : [...check.errors!];
    } catch {
      // A schema that refers to itself without end.
      return undefined;
    }
  }

  /** Whether it is certain that the value is valid. */
  isValid(schema: Json | undefined, value: unknown): boolean {
    return this.errors(schema, value)?.length === 0;
  }

  /** Whether it is certain that the value is not valid. */
  isInvalid(schema: Json | undefined, value: unknown): boolean {
    const errors = this.errors(schema, value);
    return errors !== undefined && errors.length > 0;
  }

  #compile(schema: Json | undefined): ValidateFunction | undefined {
    try {
      const converted = this.converter.convert(schema);
      for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop())
        this.#ajv.addSchema(this.converter.convert(this.#source.at(next)), this.#nameOf(next));
      return this.#ajv.compile(converted);
    } catch {
      return undefined;
    }
  }

  #nameOf(reference: string): string {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const name = `document:/${this.#names.size}`;
    this.#names.set(reference, name);
    this.#pending.push(reference);
    return name;
  }
}

function makeAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    inlineRefs: false,
    allErrors: true,
    verbose: true,
    logger: false,
    multipleOfPrecision: 6,
    code: { regExp: Object.assign(compilePattern, { code: 'undefined' }) },
  });
  formats.default(ajv);
  return ajv;
}

/** ECMA-262 without the `u` flag, else with it. A pattern that is none lets everything pass. */
export function compilePattern(pattern: string): RegExp {
  for (const flags of ['', 'u']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // The next way.
    }
  }
  return /(?:)/;
}
