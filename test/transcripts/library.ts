/**
 * The scenarios in this folder: `<profile>/<scenario>.txt`, and those by the example of any profile, `control/<scenario>.txt` and `algorithms/<scenario>.txt`.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseTranscript } from './parse.js';
import { type Scenario, TranscriptError } from './scenario.js';

const FOLDER = new URL('./', import.meta.url);

/** Its scenarios are about the control API, by the example of any profile. */
export const CONTROL_FOLDER = 'control';
/** Its scenarios are about limit algorithms that no built-in profile uses, by the example of any profile. */
export const ALGORITHMS_FOLDER = 'algorithms';

const BY_EXAMPLE: readonly string[] = [CONTROL_FOLDER, ALGORITHMS_FOLDER];

/** Folders of scenarios: the profiles, the control API, and the algorithms. */
export function scenarioFolders(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Names of the scenarios in a folder, without `.txt`. */
export function scenarioNames(folder: string): string[] {
  if (!scenarioFolders().includes(folder)) return [];
  return readdirSync(new URL(`${folder}/`, FOLDER))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -'.txt'.length))
    .sort();
}

/** @throws TranscriptError */
export function readScenario(folder: string, name: string): Scenario {
  const url = new URL(`${folder}/${name}.txt`, FOLDER);
  const file = `test/transcripts/${folder}/${name}.txt`;
  const scenario = parseTranscript(file, readFileSync(fileURLToPath(url), 'utf8'));
  const { setup, claims } = scenario;
  if (BY_EXAMPLE.includes(folder) && claims.length > 0) {
    throw new TranscriptError(file, 1, `proves claims of ${setup.profile}; put it into the folder of that profile`);
  }
  if (BY_EXAMPLE.includes(folder) || setup.profile === folder) return scenario;
  throw new TranscriptError(file, 1, `is about ${setup.profile}, but stands in the folder of ${folder}`);
}

/** Claim → scenarios that prove it, of one profile. @throws TranscriptError */
export function scenariosByClaim(profile: string): Map<string, string[]> {
  const proven = new Map<string, string[]>();
  for (const name of scenarioNames(profile)) {
    for (const claim of new Set(readScenario(profile, name).claims)) {
      proven.set(claim, [...(proven.get(claim) ?? []), name]);
    }
  }
  return proven;
}
