/**
 * Results as JSON: bench/results/latest.json, and one file for each run.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, root } from './machine.js';
import type { Table } from './table.js';

export interface Results {
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly tables: readonly Table[];
}

/** @returns the file, relative to the repository */
export function saveResults(results: Results): string {
  const folder = join(root, 'bench/results');
  const name = `${results.date.replace(/\.\d+Z$/, 'Z').replaceAll(':', '')}.json`;
  const text = `${JSON.stringify(results, undefined, 2)}\n`;
  mkdirSync(folder, { recursive: true });
  for (const file of [name, 'latest.json']) writeFileSync(join(folder, file), text);
  return `bench/results/${name}`;
}
