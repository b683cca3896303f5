/**
 * What the published schemas have against a report.
 */
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { validateXML } from 'xmllint-wasm';

function schema(name: string): string {
  return readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8');
}

/** By libxml2, against the schema of Jenkins. */
export async function faultsOfJunit(...texts: string[]): Promise<string[]> {
  const { errors } = await validateXML({ xml: texts, schema: schema('jenkins-junit.xsd') });
  return errors.map(({ message }) => message);
}

// Its drafts differ in what no part of it uses, so that the validator of a later draft reads it as well.
const { $schema: _draft, id: _address, ...definition } = JSON.parse(schema('sarif-2.1.0-rtm.5.json'));
// A pattern of it has a bracket too many, which only expressions without Unicode let pass.
const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(definition);

/** Validates a log against the schema of SARIF 2.1.0. @returns a JSON pointer and a message for each fault */
export function faultsOfSarif(log: unknown): string[] {
  return isSarif(log) ? [] : isSarif.errors!.map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
