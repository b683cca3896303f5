/**
 * Writes the checks of a document as a module, for the build.
 * @module
 */
import type { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { OpenApiDocument } from '../document/document.js';
import type { Json } from '../document/json.js';
import { compileChecks, PARAMETER_LOCATIONS, parametersIn, parametersSchema } from './checks.js';
import { createAjv } from './compiler.js';
import { type Filling, fillingBy } from './fills.js';
import { parametersName, type ReadyChecks } from './ready-checks.js';
import { type JsonSchema, referencesIn, type Schemas, schemasOf } from './schemas.js';

/** Generates the module. @param hash is stored in it as `of` @returns source of a CommonJS module, for `readyChecks` */
export function writeChecks(document: OpenApiDocument, hash: string): string {
  const schemas = schemasOf(document);
  const { isPlain, values } = compileChecks(document);
  const accepts = (schema: JsonSchema, value: Json) => values.checkOf(schema)(value);
  const parameters = document.operations.flatMap((operation) =>
    PARAMETER_LOCATIONS.filter(
      (location) => parametersIn(operation, location).length > 0 && isPlain(operation, location),
    ).map((location) => [parametersName(operation, location), parametersSchema(schemas, operation, location)] as const),
  );
  const pointers = document.operations.flatMap(({ body }) =>
    Object.values(body?.content ?? {}).flatMap(({ schema }) => (schema === undefined ? [] : [schema])),
  );
  const addressOf = (pointer: string) => schemas.addressOf(pointer, 'request');
  const fillings = new Map(pointers.map((pointer) => [pointer, fillingBy(schemas, addressOf(pointer), accepts)]));
  const of = (...wanted: readonly Filling[]) => pointers.filter((pointer) => wanted.includes(fillings.get(pointer)!));
  const references = (some: readonly string[]) =>
    new Map(some.map((pointer) => [pointer, { $ref: addressOf(pointer) }]));
  const source = { source: true };
  const filling = createAjv({ fills: true }, source);
  const parts: Record<keyof ReadyChecks, string> = {
    of: JSON.stringify(hash),
    parameters: written(schemas, createAjv({ converts: true, fills: true }, source), new Map(parameters)),
    filling: JSON.stringify(of('at once', 'afterwards')),
    bodies: merged(
      written(schemas, createAjv({}, source), references(of('nothing', 'afterwards'))),
      written(schemas, filling, references(of('at once'))),
    ),
    fillers: written(schemas, createAjv({ fills: true }, source), references(of('afterwards'))),
  };
  return Object.entries(parts)
    .map(([name, code]) => `exports.${name} = ${code};\n`)
    .join('');
}

/** The source of a function that returns the checks of several. */
function merged(...functions: readonly string[]): string {
  return `() => Object.assign({}, ${functions.map((one) => `(${one})()`).join(', ')})`;
}

/** The source of a function that returns the checks. The code in it is only compiled when the function is called. */
function written(schemas: Schemas, ajv: Ajv2020, wanted: ReadonlyMap<string, JsonSchema>): string {
  const references = [...wanted.values()].flatMap((schema) => [...referencesIn(schema)]);
  for (const address of schemas.reachable(references)) ajv.addSchema(schemas.at(address)!, address);
  const ids: Record<string, string> = {};
  for (const [i, [name, schema]] of [...wanted].entries()) {
    ids[name] = `check${i}`;
    ajv.addSchema(schema, ids[name]);
  }
  const code = standalone.default(ajv, ids);
  return `() => {\nconst exports = {};\n${code}\nreturn exports;\n}`;
}
