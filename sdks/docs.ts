/**
 * docs/sdks.md: what each SDK does at each limit, as the runs showed it.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SdkCase, SdkRun } from './case.js';

const PAGE = fileURLToPath(new URL('../docs/sdks.md', import.meta.url));
const [START, END] = ['<!-- sdks:start -->', '<!-- sdks:end -->'];

/** The exact version of a package in sdks/package.json. */
function versionOf(name: string): string {
  const file = fileURLToPath(new URL('package.json', import.meta.url));
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> };
  return dependencies[name] ?? 'not listed in sdks/package.json';
}

/** The page with the tables of these cases. It shows what the cases expect, so it is true where they pass. */
export function pageOf(cases: readonly SdkCase[]): string {
  const current = readFileSync(PAGE, 'utf8');
  const [before, after] = [current.indexOf(START), current.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`docs/sdks.md needs the lines ${START} and ${END}`);
  return `${current.slice(0, before + START.length)}\n\n${cases.map(section).join('\n\n')}\n\n${current.slice(after)}`;
}

/** Writes the page. */
export function writePage(cases: readonly SdkCase[]): void {
  writeFileSync(PAGE, pageOf(cases));
}

/** Whether the page in the repository is that of these cases. */
export function isCurrent(cases: readonly SdkCase[]): boolean {
  return readFileSync(PAGE, 'utf8') === pageOf(cases);
}

function section(one: SdkCase): string {
  const packages = [one.package, ...(one.with ?? [])].map((name) => `\`${name}\` ${versionOf(name)}`).join(', ');
  return [
    `## ${one.id}`,
    `${packages}; profile \`${one.profile}\`. ${one.says} (${one.source})`,
    ['| run | what it does | requests | verdict |', '|---|---|---|---|', ...one.runs.map(row)].join('\n'),
  ].join('\n\n');
}

function row({ name, says, expect }: SdkRun): string {
  const { requests, verdict, findings = [] } = expect;
  const sent = typeof requests === 'number' ? requests : requests.join('–');
  const found = findings.length === 0 ? verdict : `${verdict}: ${findings.map((check) => `\`${check}\``).join(', ')}`;
  return `| ${name} | ${says.replaceAll('|', '\\|')} | ${sent} | ${found} |`;
}
