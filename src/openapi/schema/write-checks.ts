/**
 * Writes the checks of a document as a module, for the build.
 * @module
 */
import type { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { OpenApiDocument } from '../document/document.js';
import { bodySchema, createAjv, PARAMETER_LOCATIONS, parametersIn, parametersSchema } from './checks.js';
import { mayFill } from './fills.js';
import { parametersName, type ReadyChecks } from './ready-checks.js';

/** Generates the module. @param of the hash to store in it @returns source of a CommonJS module, for `readyChecks` */
export function writeChecks(document: OpenApiDocument, of: string): string {
  const parameters = document.operations.flatMap((operation) =>
    PARAMETER_LOCATIONS.filter((location) => parametersIn(operation, location).length > 0).map(
      (location) => [parametersName(operation, location), parametersSchema(operation, location)] as const,
    ),
  );
  const pointers = document.operations.flatMap(({ body }) => Object.values(body?.schemas ?? {}));
  const bodies = pointers.map((pointer) => [pointer, bodySchema(pointer)] as const);
  const parts: Record<keyof ReadyChecks, string> = {
    of: JSON.stringify(of),
    parameters: written(createAjv(document, true, { source: true }), new Map(parameters)),
    filling: JSON.stringify(pointers.filter((pointer) => mayFill(document.root, pointer))),
    bodies: written(createAjv(document, false, { source: true }), new Map(bodies)),
  };
  return Object.entries(parts)
    .map(([name, code]) => `exports.${name} = ${code};\n`)
    .join('');
}

/** The source of a function that returns the checks. The code in it is only compiled when the function is called. */
function written(ajv: Ajv2020, schemas: ReadonlyMap<string, object>): string {
  const ids: Record<string, string> = {};
  for (const [i, [name, schema]] of [...schemas].entries()) {
    ids[name] = `check${i}`;
    ajv.addSchema(schema, ids[name]);
  }
  const code = standalone.default(ajv, ids);
  return `() => {\nconst exports = {};\n${code}\nreturn exports;\n}`;
}
