/**
 * The generated part of docs/performance.md.
 *
 *     npm run bench -- --write-docs     # after a run
 *     npx tsx bench/docs.ts [file]      # from results that were saved, the latest when left out
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './machine.js';
import type { Results } from './results.js';
import { toMarkdown } from './table.js';

const FILE = 'docs/performance.md';
const SECTION = /(<!-- results:start -->\n).*?(<!-- results:end -->)/s;

/** @returns the file, relative to the repository */
export function writeDocs(results: Results): string {
  const text = readFileSync(join(root, FILE), 'utf8');
  if (text.split('<!-- results:').length !== 3 || !SECTION.test(text))
    throw new Error(`${FILE} wants one <!-- results:start --> … <!-- results:end -->`);
  writeFileSync(
    join(root, FILE),
    text.replace(SECTION, (_all, start, end) => `${start}${body(results)}\n${end}`),
  );
  return FILE;
}

function body({ date, command, machine, versions, tables }: Results): string {
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const { cpu, cores, memoryGiB, system, pinning, load } = machine;
  return [
    `Measured on ${date.slice(0, 10)} by \`${command}\`.`,
    `Versions: ${parts.join(', ')}.`,
    `Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; pinning: ${pinning}; load at the start: ${load.toFixed(1)}.`,
    ...tables.map(toMarkdown),
  ].join('\n\n');
}

if (process.argv[1]?.endsWith('bench/docs.ts')) {
  const file = process.argv[2] ?? join(root, 'bench/results/latest.json');
  console.log(`written to ${writeDocs(JSON.parse(readFileSync(file, 'utf8')) as Results)}`);
}
