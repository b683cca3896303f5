/**
 * Writes what is generated: `npm run generate`. A test says which of it has fallen behind.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createMock } from '../../src/mock.js';
import { profileSchema } from '../../src/profile/schema/schema.js';
import { featureTables } from '../openapi/features/index.js';
import { apiReference, methodsTable } from './api-reference.js';
import { commandsReference, variablesTable } from './cli-reference.js';
import { checksTable, clientsTable, proceduresTable } from './clients.js';
import { type ControlDocument, callsReference, callsTable, shapesReference } from './control-reference.js';
import { between, catalogueFidelity, fidelityTable } from './fidelity.js';
import { ProfileReference, type Schema } from './profile-reference.js';
import { showFiles } from './shown.js';
import {
  adviceTable,
  catalogueTable,
  fixturesTable,
  plansTable,
  providersTable,
  summaryTable,
  variantsTable,
} from './tables.js';
import { filtersTable, functionsTable } from './template-tables.js';

/** A file of which at least a part is generated. */
export interface Generated {
  /** Relative to the repository's root. */
  readonly file: string;
  /** What the file should hold, given what it holds. */
  make(current: string): string | Promise<string>;
}

/** All generated files. */
export const GENERATED: readonly Generated[] = [
  { file: 'profiles/profile.schema.json', make: () => `${JSON.stringify(profileJsonSchema(), null, 2)}\n` },
  { file: 'README.md', make: (current) => fill(current, { providers: summaryTable() }) },
  { file: 'docs/providers.md', make: providersPage },
  {
    file: 'docs/catalogue.md',
    make: (current) => fill(current, { catalogue: catalogueTable(), fidelity: catalogueFidelity() }),
  },
  { file: 'docs/checks.md', make: (current) => fill(current, { advice: adviceTable() }) },
  { file: 'docs/fidelity.md', make: (current) => fill(current, { fidelity: fidelityTable() }) },
  {
    file: 'docs/profiles.md',
    make: (current) =>
      fill(current, {
        functions: functionsTable(),
        filters: filtersTable(),
        reference: profileReference().text(),
      }),
  },
  { file: 'docs/api.md', make: (current) => fill(current, { methods: methodsTable(), types: apiReference() }) },
  {
    file: 'docs/cli.md',
    make: (current) => fill(current, { commands: commandsReference(), variables: variablesTable() }),
  },
  { file: 'docs/control.md', make: controlPage },
  { file: 'docs/clients.md', make: clientsPage },
  { file: 'docs/openapi.md', make: (current) => fill(current, { features: featureTables() }) },
  { file: 'docs/recipes.md', make: (current) => showFiles(current, read) },
];

function providersPage(current: string): string {
  const parts = {
    providers: providersTable(),
    plans: plansTable(),
    fixtures: fixturesTable(),
    variants: variantsTable(),
  };
  return fill(current, parts);
}

/** The control API's description of itself. */
export async function controlDocument(): Promise<ControlDocument> {
  await using mock = await createMock();
  return (await (await mock.fetch('/__mock429/openapi.json')).json()) as ControlDocument;
}

async function controlPage(current: string): Promise<string> {
  const document = await controlDocument();
  const parts = {
    calls: callsTable(document),
    reference: callsReference(document),
    shapes: shapesReference(document),
  };
  return fill(current, parts);
}

function clientsPage(current: string): string {
  return fill(current, { clients: clientsTable(), procedures: proceduresTable(), checks: checksTable() });
}

function fill(current: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, content]) => between(text, name, content), current);
}

/** Every key of a profile, of docs/profiles.md. */
export function profileReference(): ProfileReference {
  return new ProfileReference(profileJsonSchema() as Schema);
}

/** The profile's schema for editors (JSON Schema 2020-12). */
export function profileJsonSchema(): unknown {
  const schema = z.toJSONSchema(profileSchema, { io: 'input', unrepresentable: 'any', reused: 'ref' });
  return { title: 'mock429 profile', ...withInheritedEvidence(schema) };
}

/** The schema without evidence among the required keys: an entry may inherit it, which JSON Schema cannot express. */
function withInheritedEvidence<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withInheritedEvidence) as T;
  if (schema === null || typeof schema !== 'object') return schema;
  const entries = Object.entries(schema).map(([key, inner]) => [key, withInheritedEvidence(inner)]);
  const { required, properties, ...others } = Object.fromEntries(entries) as Record<string, unknown>;
  const isClaim =
    properties !== undefined &&
    Object.hasOwn(properties as object, 'says') &&
    Object.hasOwn(properties as object, 'level');
  const needed = (required as string[] | undefined)?.filter(
    (key) => key !== 'evidence' && !(isClaim && key === 'level'),
  );
  return {
    ...others,
    ...(properties === undefined ? {} : { properties }),
    ...(needed === undefined || needed.length === 0 ? {} : { required: needed }),
  } as T;
}

/** The absolute path of a file of the repository. */
export function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

/** The text of a file of the repository. */
export function read(file: string): string {
  try {
    return readFileSync(pathOf(file), 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, make } of GENERATED) writeFileSync(pathOf(file), await make(read(file)));
}
