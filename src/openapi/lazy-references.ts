/**
 * Lets a validator compile what its schema refers to when a value first gets there. By itself it compiles all of that at once, which in a document whose schemas
 * refer to one another may be every schema there is, one within the other until the stack is full.
 * @module
 */
import { createRequire } from 'node:module';
import type { CodeKeywordDefinition, ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { SchemaEnv } from 'ajv/dist/compile/index.js';

const require = createRequire(import.meta.url);

export function resolveLazily(ajv: Ajv2020): void {
  const { compileSchema, resolveSchema } =
    require('ajv/dist/compile/index.js') as typeof import('ajv/dist/compile/index.js');
  const { inlineRef, resolveUrl } =
    require('ajv/dist/compile/resolve.js') as typeof import('ajv/dist/compile/resolve.js');
  const known = new Map<string, SchemaEnv>();
  const keyword = ajv.getKeyword('$ref') as { code: CodeKeywordDefinition['code'] };
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

/** Stands for a validator, and tells afterwards what that tells. */
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
