/**
 * `npm run test:sdks`: providers' own SDKs against the profiles of the catalogue, in programs of their own and in real time.
 *
 * `--only ID` runs one SDK (repeatable), `--short` its first run alone, `--verbose` prints what the programs print, `--write-docs` writes docs/sdks.md.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { SdkCase, SdkRun } from './case.js';
import { cases } from './cases/index.js';
import { isCurrent, writePage } from './docs.js';
import { differences, runOne } from './one.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
/** Programs wait most of the time. */
const PARALLEL = 4;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      short: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
    },
  });
  const { only, short, verbose } = values;
  const unknown = (only ?? []).filter((id) => !cases.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new Error(`there is no SDK "${unknown[0]}"; known: ${cases.map(({ id }) => id).join(', ')}`);
  if (!existsSync(CLI)) throw new Error('dist/cli.js is not there; run npm run build');
  if (!isInstalled()) return process.env['MOCK429_NO_SKIP'] === '1' ? 1 : 0;
  const chosen = cases.filter(({ id }) => !only || only.includes(id));
  const all = chosen.flatMap((one) => (short ? one.runs.slice(0, 1) : one.runs).map((run) => ({ one, run })));
  let failed = 0;
  await inLanes(all, async ({ one, run }) => {
    if (!(await passes(one, run, verbose))) failed += 1;
  });
  console.log(`${all.length - failed} of ${all.length} runs of ${chosen.length} SDKs are as expected`);
  if (values['write-docs']) writePage(cases);
  else if (!isCurrent(cases)) {
    console.log('docs/sdks.md is out of date; run npm run test:sdks -- --write-docs');
    return 1;
  }
  return failed === 0 ? 0 : 1;
}

async function passes(one: SdkCase, run: SdkRun, verbose: boolean): Promise<boolean> {
  const result = await runOne(one, run, CLI);
  const wrong = differences(run, result);
  const { requests, refused, verdict, seconds } = result;
  const told = `${requests} requests, ${refused} refused, verdict ${verdict}, ${seconds.toFixed(1)} s`;
  console.log(`${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${one.id}, ${run.name}: ${told}`);
  for (const difference of wrong) console.log(`       ${difference}`);
  if (verbose || wrong.length > 0) console.log(result.output.replaceAll(/^/gm, '       | ').trimEnd());
  return wrong.length === 0;
}

/** The SDKs are packages of sdks/package.json, and no dependencies of mock429. */
function isInstalled(): boolean {
  if (existsSync(new URL('node_modules/', import.meta.url))) return true;
  console.log('installing the SDKs in sdks/ (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' });
  if (status === 0) return true;
  console.log('skipped: the SDKs could not be installed; this needs the npm registry once');
  return false;
}

async function inLanes<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}

process.exitCode = await main();
