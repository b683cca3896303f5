/**
 * Results as JSON: bench/results/latest.json, and one file for each run.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, root } from './machine.js';
import type { Table } from './table.js';

/** What a run leaves behind: its tables, and what they depend on. */
export interface Results {
  /** When the run began, in ISO 8601. */
  readonly date: string;
  /** The command line that repeats the run. */
  readonly command: string;
  readonly machine: Machine;
  /** Versions of what took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly tables: readonly Table[];
}

/** @param latest the name, besides the date's, under which the last of its kind is found. @returns the file, relative to the repository */
export function saveResults(results: Results, latest = 'latest'): string {
  const folder = join(root, 'bench/results');
  const date = `${results.date.replace(/\.\d+Z$/, 'Z').replaceAll(':', '')}`;
  const name = latest === 'latest' ? `${date}.json` : `${date}-${latest}.json`;
  const text = `${JSON.stringify(results, undefined, 2)}\n`;
  mkdirSync(folder, { recursive: true });
  for (const file of [name, `${latest}.json`]) writeFileSync(join(folder, file), text);
  return `bench/results/${name}`;
}
