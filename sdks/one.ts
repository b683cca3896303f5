/**
 * Runs one program of an SDK under `mock429 run`, and compares what came with what was expected.
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SdkCase, SdkRun } from './case.js';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
/** A program that has not ended by then hangs. */
const TIMEOUT_MS = 180_000;

/** What came of a program. */
export interface Result {
  readonly exit: number | null;
  readonly output: string;
  readonly verdict: string;
  /** Checks that found something, sorted. */
  readonly findings: readonly string[];
  readonly requests: number;
  readonly refused: number;
  readonly seconds: number;
}

/** The parts of the JSON report that are read here. One profile is served. */
interface Report {
  readonly verdict: string;
  readonly profiles: readonly {
    readonly findings: readonly { readonly check: string }[];
    readonly figures: { readonly requests: number; readonly refused: number };
  }[];
}

/** Runs a program. @param cli the built command line */
export async function runOne({ profile }: SdkCase, { program, options = [] }: SdkRun, cli: string): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'mock429-sdk-'));
  const report = join(folder, 'report.json');
  const [file, ...args] = program;
  const begun = performance.now();
  try {
    const { exit, output } = await started([
      cli,
      ...['run', '--quiet', '--profile', profile, ...options, '--report', `json=${report}`, '--'],
      ...[process.execPath, join(PROGRAMS, file), ...args],
    ]);
    const told = readReport(await readFile(report, 'utf8').catch(() => ''));
    return { exit, output, ...told, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function started(argv: readonly string[]): Promise<{ exit: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, output }));
  });
}

function readReport(text: string): Pick<Result, 'verdict' | 'findings' | 'requests' | 'refused'> {
  if (text === '') return { verdict: 'no report', findings: [], requests: 0, refused: 0 };
  const { verdict, profiles } = JSON.parse(text) as Report;
  const [{ findings, figures }] = profiles as [Report['profiles'][number]];
  const { requests, refused } = figures;
  return { verdict, findings: [...new Set(findings.map(({ check }) => check))].sort(), requests, refused };
}

/** What differs from the expectation, in sentences; nothing if all is as expected. */
export function differences({ expect }: SdkRun, result: Result): string[] {
  const wrong: string[] = [];
  const { exit = 0, verdict, findings = [], mayFind = [], prints, requests } = expect;
  if (result.exit !== exit) wrong.push(`ended with ${result.exit}, not ${exit}`);
  if (result.verdict !== verdict) wrong.push(`the verdict is ${result.verdict}, not ${verdict}`);
  const wanted = [...findings].sort().join(', ');
  const found = result.findings.filter((check) => findings.includes(check) || !mayFind.includes(check)).join(', ');
  if (found !== wanted) wrong.push(`found ${found || 'nothing'}, not ${wanted || 'nothing'}`);
  const [least, most] = typeof requests === 'number' ? [requests, requests] : requests;
  if (result.requests < least || result.requests > most)
    wrong.push(`sent ${result.requests} requests, not ${least === most ? least : `${least} to ${most}`}`);
  const lines = result.output.split('\n');
  let at = 0;
  for (const one of prints) {
    const found = lines.findIndex((line, i) => i >= at && (typeof one === 'string' ? line === one : one.test(line)));
    if (found < 0) {
      wrong.push(`did not print ${String(one)}${at > 0 ? ' after what it printed before' : ''}`);
      break;
    }
    at = found + 1;
  }
  return wrong;
}
