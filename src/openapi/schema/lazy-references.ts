/**
 * Compiles a referenced schema when a value first reaches the reference. Ajv itself compiles all referenced schemas at once. If schemas refer to each other,
 * that may be all schemas of the document, nested until the stack overflows.
 *
 * Uses `ajv/dist/compile`, which is not documented (test/http/private-parts.test.ts).
 * @module
 */
import { createRequire } from 'node:module';
import type { CodeKeywordDefinition, ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { SchemaEnv } from 'ajv/dist/compile/index.js';

const require = createRequire(import.meta.url);

/** Makes the validator compile references lazily. Without Ajv's inner functions it does nothing, and Ajv compiles them at once. */
export function resolveLazily(ajv: Ajv2020): void {
  const inner = innerFunctions();
  const keyword = ajv.getKeyword('$ref') as { code?: CodeKeywordDefinition['code'] };
  if (inner === undefined || typeof keyword.code !== 'function') return;
  const { compileSchema, resolveSchema, inlineRef, resolveUrl } = inner;
  const known = new Map<string, SchemaEnv>();
  const { code } = keyword;
  keyword.code = (context, ruleType) => {
    const { baseId, schemaEnv } = context.it;
    const { refs } = schemaEnv.root;
    const reference = resolveUrl(ajv.opts.uriResolver, baseId, context.schema as string);
    // Only pointers into the document; small schemas without references stay where they are put in by value.
    if (refs[reference] === undefined && reference.includes('#/')) {
      const schema = known.get(reference) ?? resolveSchema.call(ajv, schemaEnv.root, reference);
      if (schema && !inlineRef(schema.schema, ajv.opts.inlineRefs)) {
        schema.validate ??= whenCalled(() => compileSchema.call(ajv, schema).validate as ValidateFunction);
        known.set(reference, schema);
        refs[reference] = schema;
      }
    }
    code(context, ruleType);
  };
}

/** Ajv's functions for compiling and resolving; `undefined` if a release no longer has them. */
function innerFunctions() {
  try {
    const { compileSchema, resolveSchema } =
      require('ajv/dist/compile/index.js') as typeof import('ajv/dist/compile/index.js');
    const { inlineRef, resolveUrl } =
      require('ajv/dist/compile/resolve.js') as typeof import('ajv/dist/compile/resolve.js');
    const all = { compileSchema, resolveSchema, inlineRef, resolveUrl };
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
