/**
 * Writes the checks of a document as a module, for the build.
 * @module
 */
import type { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { OpenApiDocument } from '../document/document.js';
import { PARAMETER_LOCATIONS, parametersIn, parametersSchema } from './checks.js';
import { createAjv } from './compiler.js';
import { mayFill } from './fills.js';
import { parametersName, type ReadyChecks } from './ready-checks.js';
import { type JsonSchema, referencesIn, type Schemas, schemasOf } from './schemas.js';

/** Generates the module. @param of the hash to store in it @returns source of a CommonJS module, for `readyChecks` */
export function writeChecks(document: OpenApiDocument, of: string): string {
  const schemas = schemasOf(document);
  const parameters = document.operations.flatMap((operation) =>
    PARAMETER_LOCATIONS.filter((location) => parametersIn(operation, location).length > 0).map(
      (location) => [parametersName(operation, location), parametersSchema(schemas, operation, location)] as const,
    ),
  );
  const pointers = document.operations.flatMap(({ body }) =>
    Object.values(body?.content ?? {}).flatMap(({ schema }) => (schema === undefined ? [] : [schema])),
  );
  const addressOf = (pointer: string) => schemas.addressOf(pointer, 'request');
  const bodies = pointers.map((pointer) => [pointer, { $ref: addressOf(pointer) }] as const);
  const parts: Record<keyof ReadyChecks, string> = {
    of: JSON.stringify(of),
    parameters: written(schemas, createAjv(true, { source: true }), new Map(parameters)),
    filling: JSON.stringify(pointers.filter((pointer) => mayFill(schemas, addressOf(pointer)))),
    bodies: written(schemas, createAjv(false, { source: true }), new Map(bodies)),
  };
  return Object.entries(parts)
    .map(([name, code]) => `exports.${name} = ${code};\n`)
    .join('');
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
