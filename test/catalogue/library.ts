/**
 * What the tests of the catalogue read: the scenarios in `scenarios/<profile>/*.txt`, and the models in `models/<profile>.ts`.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelSpec } from '../properties/model.js';
import { parseTranscript } from '../transcripts/parse.js';
import type { Scenario } from '../transcripts/scenario.js';

const SCENARIOS = new URL('./scenarios/', import.meta.url);

/** The scenarios of a profile. @throws TranscriptError */
export function scenariosOf(profile: string): { name: string; scenario: Scenario }[] {
  const folder = new URL(`${profile}/`, SCENARIOS);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.txt'.length),
      scenario: parseTranscript(
        `test/catalogue/scenarios/${profile}/${file}`,
        readFileSync(fileURLToPath(new URL(file, folder)), 'utf8'),
      ),
    }));
}

/** The naive model of a profile: the export `spec` of its file. */
export async function modelOf(profile: string): Promise<ModelSpec<unknown> | undefined> {
  const file = new URL(`./models/${profile}.ts`, import.meta.url);
  if (!existsSync(file)) return undefined;
  return ((await import(file.href)) as { spec: ModelSpec<unknown> }).spec;
}
