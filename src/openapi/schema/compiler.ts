/**
 * Compiles schemas with Ajv.
 * @module
 */
import { createRequire } from 'node:module';
import type { Ajv2020, CodeOptions, ValidateFunction } from 'ajv/dist/2020.js';
import { isObject, type JsonObject } from '../document/json.js';
import { INT64 } from './formats.js';
import { InPlaceCosts, MAX_IN_PLACE } from './in-place-cost.js';
import { resolveLazily } from './lazy-references.js';
import type { PatternCompiler } from './pattern-compiler.js';
import type { OnUncheckable, SchemaCheck, SchemaFault } from './schema-check.js';
import { type JsonSchema, referencesIn, type Schemas } from './schemas.js';

const require = createRequire(import.meta.url);

/** Options of a compiler. */
export interface CompilerOptions {
  /** Whether texts are converted to the types of the schemas. */
  readonly converts?: boolean | undefined;
  /** Whether defaults are filled in. */
  readonly fills?: boolean | undefined;
  /** Whether validation ends at the first error. */
  readonly onlyFirst?: boolean | undefined;
  /** Whether errors have the schema and the value that they are about. */
  readonly explains?: boolean | undefined;
  /** Default: `RegExp`. */
  readonly patterns?: PatternCompiler | undefined;
  readonly onUncheckable?: OnUncheckable | undefined;
}

/** Compiles the schemas of a document, each when it is first used. It never throws: a schema that cannot be compiled is not checked. */
export class SchemaCompiler {
  #ajv: Ajv2020 | undefined;
  #isLazy = false;
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #checks = new WeakMap<JsonObject, SchemaCheck>();
  readonly #costs: InPlaceCosts;

  constructor(
    readonly schemas: Schemas,
    readonly options: CompilerOptions,
  ) {
    this.#costs = new InPlaceCosts(schemas);
  }

  /** The check of the schema at an address. */
  compileAt(address: string): SchemaCheck {
    return this.#guarded(this.#validatorAt(address), this.#pointerOf(address));
  }

  /** The check of a schema that refers to schemas of the document; the same for the same object. @param pointer what it is for, if it cannot be compiled */
  compile(schema: JsonSchema, pointer: string): SchemaCheck {
    let check = isObject(schema) ? this.#checks.get(schema) : undefined;
    if (check === undefined) {
      check = this.#compile(schema, pointer);
      if (isObject(schema)) this.#checks.set(schema, check);
    }
    return check;
  }

  #compile(schema: JsonSchema, pointer: string): SchemaCheck {
    const validate = this.#attempt(pointer, (ajv) => {
      if (!this.#isLazy) this.#add(ajv, [...referencesIn(schema)]);
      return ajv.compile(schema);
    });
    return this.#guarded(validate, pointer);
  }

  #validatorAt(address: string): ValidateFunction {
    let validate = this.#validators.get(address);
    if (validate === undefined) {
      validate = this.#attempt(this.#pointerOf(address), (ajv) => {
        if (this.#isLazy) return ajv.compile(this.#checkable(address));
        this.#add(ajv, [address]);
        return ajv.getSchema(address)!;
      });
      this.#validators.set(address, validate);
    }
    return validate;
  }

  /** The schema at an address; `true` if its check would not end. */
  #checkable(address: string): JsonSchema {
    if (guardedCost(this.#costs, address) <= MAX_IN_PLACE) return this.schemas.at(address) ?? true;
    const reason = `its parts refer to each other so often that one value takes more than ${MAX_IN_PLACE} steps`;
    this.options.onUncheckable?.(this.#pointerOf(address), reason);
    return true;
  }

  #pointerOf(address: string): string {
    return this.schemas.pointerAt(address) ?? '#';
  }

  #attempt(pointer: string, compile: (ajv: Ajv2020) => ValidateFunction): ValidateFunction {
    const ajv = this.#compiler();
    try {
      return compile(ajv);
    } catch (error) {
      this.options.onUncheckable?.(pointer, (error as Error).message);
      return ajv.compile(true);
    }
  }

  #compiler(): Ajv2020 {
    if (this.#ajv === undefined) {
      const { patterns } = this.options;
      this.#ajv = createAjv({ ...this.options, onlyOwn: true }, patterns ? { regExp: patterns } : {});
      this.#ajv.addFormat('int64', INT64);
      this.#isLazy = resolveLazily(
        this.#ajv,
        (address) => this.schemas.at(address),
        (address) => this.#validatorAt(address),
      );
    }
    return this.#ajv;
  }

  #add(ajv: Ajv2020, addresses: readonly string[]): void {
    for (const address of this.schemas.reachable(addresses))
      if (!ajv.schemas[address]) ajv.addSchema(this.#checkable(address), address);
  }

  /** Guards a validator against schemas that contain themselves without an end, which overflow the stack. */
  #guarded(validate: ValidateFunction, pointer: string): SchemaCheck {
    const check: SchemaCheck = (value) => {
      try {
        const valid = validate(value);
        check.errors = (validate.errors ?? null) as readonly SchemaFault[] | null;
        return valid;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.options.onUncheckable?.(pointer, error.message);
        check.errors = null;
        return true;
      }
    };
    return check;
  }
}

/** The cost of the schema at an address; 0 if it is nested so deep that it cannot be counted. */
function guardedCost(costs: InPlaceCosts, address: string): number {
  try {
    return costs.at(address);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 0;
  }
}

/** Creates Ajv. @param code Ajv's options for generated code */
export function createAjv(
  {
    converts = false,
    fills = false,
    explains = false,
    onlyFirst = false,
    onlyOwn = false,
  }: Omit<CompilerOptions, 'patterns' | 'onUncheckable'> & {
    /** Whether inherited properties do not count, so that schemas may have properties named `toString` and `constructor`. */
    readonly onlyOwn?: boolean;
  },
  code: CodeOptions,
): Ajv2020 {
  const { Ajv2020: Constructor } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const addFormats = require('ajv-formats') as (ajv: Ajv2020) => void;
  const ajv = new Constructor({
    strict: false,
    allErrors: !onlyFirst,
    coerceTypes: converts && 'array',
    useDefaults: fills,
    verbose: explains,
    ownProperties: onlyOwn,
    validateSchema: false,
    validateFormats: true,
    // 19.99 is a multiple of 0.01, although it is not in binary.
    multipleOfPrecision: 9,
    logger: false,
    code,
  });
  addFormats(ajv);
  return ajv;
}
