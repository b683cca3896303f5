/**
 * `npm run test:runners`: the packed package under each test runner and with each kind of client, in an empty folder of its own.
 *
 * `--only ID` runs one case (repeatable), `--short` the ones that `.ci/run` tries, `--verbose` prints what the runners print, `--keep` keeps the folders.
 * @module
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Case, cases } from './cases.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A program that has not ended by then hangs. */
const TIMEOUT_MS = 300_000;
/** What npm says where the registry is out of reach. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|E5\d\d)\b/;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      short: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const { only, short, verbose, keep } = values;
  const unknown = (only ?? []).filter((id) => !cases.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new Error(`there is no case "${unknown[0]}"; known: ${cases.map(({ id }) => id).join(', ')}`);
  const chosen = cases.filter((one) => (only ? only.includes(one.id) : !short || one.short));
  const folder = await mkdtemp(join(tmpdir(), 'mock429-runners-'));
  const tally = { ok: 0, skipped: 0, failed: 0 };
  try {
    const packed = await pack(folder);
    for (const one of chosen) {
      const { outcome, told, output } = await tryOne(one, folder, packed);
      tally[outcome] += 1;
      console.log(`${outcome.padEnd(7)} ${one.id}: ${told}`);
      if (verbose || outcome === 'failed') console.log(output.replaceAll(/^/gm, '        | ').trimEnd());
    }
  } finally {
    if (keep) console.log(`kept ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  console.log(`${tally.ok} of ${chosen.length} cases pass, ${tally.skipped} skipped`);
  return tally.failed > 0 || (tally.skipped > 0 && process.env['MOCK429_NO_SKIP'] === '1') ? 1 : 0;
}

/** Packs the built package. @returns path of the archive */
async function pack(folder: string): Promise<string> {
  const { code, output } = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], ROOT);
  const name = /^mock429-.*\.tgz$/m.exec(output)?.[0];
  if (code !== 0 || name === undefined) throw new Error(`npm pack ended with ${code}:\n${output}`);
  return join(folder, name);
}

interface Tried {
  readonly outcome: 'ok' | 'skipped' | 'failed';
  readonly told: string;
  readonly output: string;
}

async function tryOne(one: Case, folder: string, packed: string): Promise<Tried> {
  const needs = one.steps.map((step) => step.needs?.());
  const steps = one.steps.filter((_, i) => needs[i] === undefined);
  const missing = needs.filter((reason) => reason !== undefined).join(', ');
  if (steps.length === 0) return { outcome: 'skipped', told: missing, output: '' };
  const project = join(folder, one.id);
  for (const part of [...(one.extends ?? []), `runners/projects/${one.id}`])
    await cp(join(ROOT, part), project, { recursive: true });
  const install = ['install', '--no-audit', '--no-fund', '--no-save', '--prefer-offline', packed];
  const installed = await run('npm', install, project);
  if (installed.code !== 0) {
    const [reason] = UNREACHABLE.exec(installed.output) ?? [];
    const outcome = reason === undefined ? 'failed' : 'skipped';
    return {
      outcome,
      told: `npm install ended with ${installed.code}${reason ? ` (${reason})` : ''}`,
      output: installed.output,
    };
  }
  const begun = performance.now();
  const passed: string[] = [];
  let output = '';
  for (const step of steps) {
    const [program, ...args] = step.command;
    const ended = await run(program, args, project);
    output += ended.output;
    if (ended.code !== 0)
      return { outcome: 'failed', told: `${step.command.join(' ')} ended with ${ended.code}`, output };
    if (!step.passed) continue;
    const line = step.passed.exec(ended.output)?.[0];
    if (line === undefined) return { outcome: 'failed', told: `does not print ${step.passed}`, output };
    passed.push(line.trim().replaceAll(/\s+/g, ' '));
  }
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  const without = missing === '' ? '' : `; skipped: ${missing}`;
  return { outcome: 'ok', told: `${passed.join(', ')}, ${seconds} s${without}`, output };
}

/** Runs a program of the project, or of the machine, and collects what it prints. */
function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const PATH = [join(cwd, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      // A colour code in the middle of a line hides what is looked for.
      env: { ...process.env, PATH, CI: '1', NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

process.exitCode = await main();
