/** A validator that compiles references lazily reports what one reports that compiles all of them at once. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { SchemaCompiler } from '../../src/openapi/schema/compiler.js';
import { Schemas } from '../../src/openapi/schema/schemas.js';
import { agree, runs, scaled } from './agree.js';

const COUNT = 4;
const reference = (n: number) => ({ $ref: `#/components/schemas/S${n}` });
const names = fc.constantFrom('a', 'b', 'c', 'd');

type Schema = Record<string, unknown>;

/** @param from schemas from this one on may be referred to in place; from within a property or an item any may */
function schemaOf(from: number): fc.Arbitrary<Schema> {
  const anywhere = fc.nat({ max: COUNT - 1 }).map(reference);
  const leaf: fc.Arbitrary<Schema> = fc.constantFrom<Schema>(
    { type: 'integer' },
    { type: 'string', minLength: 2 },
    { type: 'number', default: 7 },
    { type: 'boolean' },
    { enum: [1, 'x'] },
    {},
  );
  const inner = fc.oneof(
    leaf,
    anywhere,
    anywhere.map((items): Schema => ({ type: 'array', items })),
  );
  const object = fc
    .record({
      type: fc.constant('object'),
      properties: fc.dictionary(names, inner, { maxKeys: 3 }),
      required: fc.uniqueArray(names, { maxLength: 2 }),
      additionalProperties: fc.constantFrom(undefined, false, true),
      unevaluatedProperties: fc.constantFrom(undefined, undefined, false),
    })
    .map((given): Schema => JSON.parse(JSON.stringify(given)) as Schema);
  if (from >= COUNT) return fc.oneof(leaf, object);
  const later = fc.integer({ min: from, max: COUNT - 1 }).map(reference);
  const parts = fc.array(fc.oneof(later, object, leaf), { minLength: 1, maxLength: 2 });
  const combined = fc
    .tuple(
      fc.constantFrom('allOf', 'oneOf', 'anyOf'),
      parts,
      object,
      fc.constantFrom({}, { unevaluatedProperties: false }),
    )
    .map(
      ([how, list, beside, closed]): Schema => ({ ...beside, additionalProperties: undefined, [how]: list, ...closed }),
    )
    .map((given): Schema => JSON.parse(JSON.stringify(given)) as Schema);
  const beside = fc.tuple(later, object).map(([to, object]): Schema => ({ ...object, ...to }));
  return fc.oneof(object, combined, combined, beside, later, leaf);
}

const schemas = fc
  .tuple(...Array.from({ length: COUNT }, (_, n) => schemaOf(n + 1)))
  .map((list) => Object.fromEntries(list.map((schema, n) => [`S${n}`, schema])));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(1, '1', 'x', 'xx', true, null, 7.5),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
}));

/** A check, as Ajv or the compiler makes it. */
interface Validator {
  (value: unknown): boolean;
  errors?: readonly { instancePath: string; keyword: string }[] | null;
}

function validator(root: JsonObject, late: boolean, coerceTypes: 'array' | false): Validator {
  if (late) {
    const schemas = new Schemas(new OpenApiDocument(root));
    const compiler = new SchemaCompiler(schemas, { converts: coerceTypes !== false, fills: true });
    return compiler.compileAt(schemas.addressOf('#/components/schemas/S0', 'request'));
  }
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    coerceTypes,
    useDefaults: true,
    validateSchema: false,
    logger: false,
  });
  ajv.addSchema({ ...root, $id: 'document' });
  return ajv.compile({ $ref: 'document#/components/schemas/S0' }) as Validator;
}

/**
 * Without the complaints that something is left over: where a part fails, what it has looked at counts or not, depending on which was compiled first. Whether it is
 * all valid does not depend on that.
 */
function told(errors: Validator['errors']) {
  return (errors ?? [])
    .filter(({ keyword }) => !keyword.startsWith('unevaluated'))
    .map((error) => ({ ...error, schemaPath: undefined }));
}

describe('late references', () => {
  it.each(['array', false] as const)('change nothing of what is found wrong (types converted: %s)', (coerceTypes) => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(schemas, fc.array(value, { minLength: 1, maxLength: 6 }), (all, values) => {
        const root = { openapi: '3.1.0', components: { schemas: all as unknown as JsonObject } };
        const [late, early] = [validator(root, true, coerceTypes), validator(root, false, coerceTypes)];
        for (const one of values) {
          const [a, b] = [structuredClone(one), structuredClone(one)];
          const valid = early(b);
          agree('valid', late(a), valid);
          agree('errors', told(late.errors), told(early.errors));
          agree('what became of it', a, b);
          seen[valid ? 'valid' : 'invalid'] += 1;
        }
      }),
      runs(300),
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(scaled(20));
  });

  it('take a document whose schemas all lead to one another', () => {
    const count = 3_000;
    const all = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        `S${n}`,
        {
          allOf: [
            {
              type: 'object',
              properties: { id: { type: 'string' }, next: { $ref: `#/components/schemas/S${(n + 1) % count}` } },
            },
          ],
        },
      ]),
    );
    const validate = validator({ openapi: '3.1.0', components: { schemas: all } }, true, false);
    expect(validate({ id: 'x', next: { id: 'y', next: {} } })).toBe(true);
    expect(validate({ next: { next: { id: 7 } } })).toBe(false);
    expect(validate.errors).toMatchObject([{ instancePath: '/next/next/id', keyword: 'type' }]);
  });
});
