/**
 * `npm run verdict:labelled`: the labelled set, run through the built command line.
 * @module
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeDocs } from './docs.js';
import { situations } from './expectations/index.js';
import { keepBusy, missing } from './machine.js';
import { type Outcome, root, runOne, wasTested } from './one.js';
import { type Options, readOptions } from './options.js';
import { byCheck, bySituation, type Scored, score } from './score.js';
import { shortOf } from './short.js';
import type { Situation } from './situation.js';
import { CHECK_HEAD, checkRows, FAMILY_HEAD, familyRows, toText } from './table.js';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return 0;
  const cli = resolve(options.cli ?? join(root, 'dist/cli.js'));
  if (!existsSync(cli)) throw new Error(`${cli} is not there; run npm run build, or give --cli FILE`);
  const chosen = choose(options);
  if (chosen.length === 0) throw new Error(`--only ${options.only.join(', ')}: no situation has that in its id`);
  if (options.list) {
    for (const { id, kind, verdict, must, what } of chosen)
      console.log(`${kind} ${id}: ${what} → ${[verdict.join(' or '), ...must].join(', ')}`);
    return 0;
  }
  const skipped = chosen.filter((one) => whySkipped(one, options) !== undefined);
  for (const one of skipped) console.log(`skipped ${one.id}: ${whySkipped(one, options)}`);
  const able = chosen.filter((one) => !skipped.includes(one));

  const begun = performance.now();
  const rest = options.loaded ? keepBusy() : () => {};
  const all: Scored[] = [];
  try {
    for (let run = 1; run <= options.runs; run++) {
      if (options.runs > 1) console.log(`run ${run} of ${options.runs}`);
      await inLanes(able, options.parallel, async (situation) => {
        const scored = score(situation, await runTested(situation, cli));
        all.push(scored);
        tell(scored, options.verbose);
        if (scored.judgement !== 'missed' && scored.judgement !== 'undecided') return;
        for (let time = 1; time <= options.again; time++) {
          const repeated = score(situation, await runTested(situation, cli));
          all.push(repeated);
          tell(repeated, true);
        }
      });
    }
  } finally {
    rest();
  }
  return sumUp(all, skipped.length, options, performance.now() - begun);
}

function whySkipped({ needs, idleOnly }: Situation, { loaded }: Options): string | undefined {
  if (missing(needs).length > 0) return `this machine has no ${missing(needs).join(', ')}`;
  return loaded ? idleOnly : undefined;
}

const TRIES = 3;

/** Again where it was not put to the test. */
async function runTested(situation: Situation, cli: string): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const outcome = await runOne(situation, cli);
    if (wasTested(situation, outcome)) return outcome;
    if (tries === TRIES) return { ...outcome, verdict: 'broken', why: 'was not put to the test' };
  }
}

function choose({ only, short }: Options): readonly Situation[] {
  const wanted = situations.filter(({ id }) => only.length === 0 || only.some((part) => id.includes(part)));
  return short ? shortOf(wanted) : wanted;
}

async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function tell({ situation, outcome, judgement, wrong, missed }: Scored, verbose: boolean): void {
  if (judgement === 'right' && wrong.length === 0 && !verbose) return;
  const { id, kind, verdict, must } = situation;
  const found = [...new Set(outcome.found.map(({ check }) => check))].join(', ') || 'nothing';
  const figures = Object.entries(outcome.figures ?? {})
    .map(([name, n]) => `${n} ${name}`)
    .join(', ');
  console.log(
    `${judgement.toUpperCase()} ${id} (${kind}, ${Math.round(outcome.ms)} ms): ${outcome.verdict}, found ${found} (${figures})`,
  );
  if (judgement !== 'right') console.log(`    right would be: ${[verdict.join(' or '), ...must].join(', ')}`);
  if (missed.length > 0) console.log(`    missed: ${missed.join(', ')}`);
  for (const { check, says } of outcome.found)
    if (wrong.includes(check)) console.log(`    not true: ${check}: ${says}`);
  if (outcome.why) console.log(`    ${outcome.why}`);
}

function sumUp(all: readonly Scored[], skipped: number, options: Options, ms: number): number {
  const perSituation = bySituation(all, options.again > 0);
  const broken = perSituation.filter(({ kept }) => !kept);
  console.log(`\n${toText(FAMILY_HEAD, familyRows(perSituation))}\n\n${toText(CHECK_HEAD, checkRows(byCheck(all)))}\n`);
  for (const { situation, runs, sameVerdict } of broken) {
    const right = runs.filter(({ judgement }) => judgement === 'right').length;
    const verdicts = [...new Set(runs.map(({ outcome }) => outcome.verdict))].join(', ');
    const differs = sameVerdict ? '' : `, and its verdict differs from run to run: ${verdicts}`;
    console.log(
      `not as it should be: ${situation.id} (${situation.kind}), right in ${right} of ${runs.length}${differs}`,
    );
  }
  const kept = perSituation.length - broken.length;
  const state = options.loaded ? 'every core busy' : 'idle';
  console.log(
    `${kept} of ${perSituation.length} situations as they should be in ${options.runs} run${options.runs === 1 ? '' : 's'} (${state}), ${skipped} skipped, ${Math.round(ms / 1_000)} s`,
  );
  if (options.writeDocs) console.log(`written to ${writeDocs(perSituation, byCheck(all), options)}`);
  return broken.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`verdict:labelled: ${(error as Error).message}`);
  process.exitCode = 2;
}
