/**
 * Compiles a referenced schema when a value first reaches the reference. Ajv itself compiles all referenced schemas at once. If schemas refer to each other,
 * that may be all schemas of the document, nested until the stack overflows.
 *
 * Uses `ajv/dist/compile`, which is not documented (test/http/private-parts.test.ts).
 * @module
 */
import { createRequire } from 'node:module';
import type { AnySchema, CodeKeywordDefinition, ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { SchemaEnv } from 'ajv/dist/compile/index.js';

const require = createRequire(import.meta.url);

/** Returns the schema at an address; `undefined` if this is no address. */
export type SchemaAt = (address: string) => AnySchema | undefined;

/**
 * Makes the validator compile references lazily.
 *
 * @param compile compiles the schema at an address
 * @returns whether it does. Without Ajv's inner functions it does not, and the caller must add the referenced schemas
 */
export function resolveLazily(
  ajv: Ajv2020,
  schemaAt: SchemaAt,
  compile: (address: string) => ValidateFunction,
): boolean {
  const inner = innerFunctions();
  const keyword = ajv.getKeyword('$ref') as { code?: CodeKeywordDefinition['code'] };
  if (inner === undefined || typeof keyword.code !== 'function') return false;
  const { SchemaEnv: Environment, inlineRef } = inner;
  const known = new Map<string, SchemaEnv | AnySchema>();
  const { code } = keyword;
  keyword.code = (context, ruleType) => {
    const address = context.schema as string;
    const { refs } = context.it.schemaEnv.root;
    let target = known.get(address);
    if (target === undefined) {
      const schema = schemaAt(address);
      if (schema !== undefined) {
        target = inlineRef(schema, ajv.opts.inlineRefs) ? schema : standIn(new Environment({ schema }), address);
        known.set(address, target);
      }
    }
    if (target !== undefined) refs[address] = target as SchemaEnv;
    code(context, ruleType);
  };
  return true;

  function standIn(environment: SchemaEnv, address: string): SchemaEnv {
    environment.validate = whenCalled(() => compile(address));
    return environment;
  }
}

/** Ajv's functions for compiling; `undefined` if a release no longer has them. */
function innerFunctions() {
  try {
    const { SchemaEnv: Environment } =
      require('ajv/dist/compile/index.js') as typeof import('ajv/dist/compile/index.js');
    const { inlineRef } = require('ajv/dist/compile/resolve.js') as typeof import('ajv/dist/compile/resolve.js');
    const all = { SchemaEnv: Environment, inlineRef };
    return Object.values(all).every((value) => typeof value === 'function') ? all : undefined;
  } catch {
    return undefined;
  }
}

/** A validator that compiles the real one when it is first called, and returns its result and its errors. */
function whenCalled(compile: () => ValidateFunction): ValidateFunction {
  let compiled: ValidateFunction | undefined;
  const standIn = (data: unknown, context: Parameters<ValidateFunction>[1]) => {
    compiled ??= compile();
    const valid = compiled(data, context);
    standIn.errors = compiled.errors;
    standIn.evaluated = compiled.evaluated;
    return valid;
  };
  standIn.errors = null as ValidateFunction['errors'];
  standIn.evaluated = undefined as ValidateFunction['evaluated'];
  return standIn as unknown as ValidateFunction;
}
