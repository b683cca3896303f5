/**
 * The scenarios in this folder: `<profile>/<scenario>.txt`.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseTranscript } from './parse.js';
import { type Scenario, TranscriptError } from './scenario.js';

const FOLDER = new URL('./', import.meta.url);

/** Profiles that have scenarios. */
export function scenarioProfiles(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Names of a profile's scenarios, without `.txt`. */
export function scenarioNames(profile: string): string[] {
  if (!scenarioProfiles().includes(profile)) return [];
  return readdirSync(new URL(`${profile}/`, FOLDER))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -'.txt'.length))
    .sort();
}

/** @throws TranscriptError */
export function readScenario(profile: string, name: string): Scenario {
  const url = new URL(`${profile}/${name}.txt`, FOLDER);
  const file = `test/transcripts/${profile}/${name}.txt`;
  const scenario = parseTranscript(file, readFileSync(fileURLToPath(url), 'utf8'));
  if (scenario.setup.profile === profile) return scenario;
  throw new TranscriptError(file, 1, `is about ${scenario.setup.profile}, but stands in the folder of ${profile}`);
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
