/**
 * `npm run corpus`: public OpenAPI documents, served by the built command line and asked from outside.
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { overruns, readBudgets, writeBudgets } from './budgets.js';
import { allDocuments, type Document, sample } from './documents.js';
import { type DocumentResult, measure } from './one.js';
import { hasBudgets, type Options, readOptions } from './options.js';
import { Unreachable } from './packages.js';
import { kindsOf, score } from './score.js';
import { failureText, kindsText, scoreTable } from './table.js';
import { mock429 } from './tools/mock429.js';
import { prism } from './tools/prism.js';
import type { Tool } from './tools/tool.js';

const OWN_CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const MAX_SHORT_BYTES = 3_000_000;

// A pattern of a document may take exponential time: V8 then changes to its linear engine.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return 0;
  const cli = resolve(options.cli ?? OWN_CLI);
  if (!existsSync(cli)) throw new Error(`${cli} is not there; run npm run build, or give --cli FILE`);
  let documents: Document[];
  let tools: Tool[];
  try {
    documents = choose(await allDocuments(options.short), options);
    tools = [mock429(cli), ...(options.peer ? [await prism()] : [])];
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    console.log(`corpus: skipped: ${error.message}`);
    return process.env['MOCK429_NO_SKIP'] === '1' ? 1 : 0;
  }
  if (documents.length === 0) throw new Error(`--only ${options.only.join(', ')}: no document has that in its id`);
  if (options.list) {
    for (const { id, bytes } of documents) console.log(`${id} (${Math.ceil(bytes / 1024)} KiB)`);
    return 0;
  }
  const begun = performance.now();
  const results = await inLanes(documents, options, tools);
  return report(results, options, tools, performance.now() - begun);
}

function choose(all: readonly Document[], { only, short, skip, documents, seed }: Options): Document[] {
  const wanted = all.filter(({ id, bytes }) => {
    if (short && bytes > MAX_SHORT_BYTES) return false;
    return only.length === 0 || only.some((part) => id.includes(part));
  });
  return sample(wanted, skip + documents, seed).slice(skip);
}

async function inLanes(
  documents: readonly Document[],
  options: Options,
  tools: readonly Tool[],
): Promise<DocumentResult[]> {
  const queue = [...documents.entries()];
  const results: DocumentResult[] = [];
  let told = 0;
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, document] = next;
      results[index] = await measure(document, tools, options.seed, options.operations);
      told++;
      if (process.stderr.isTTY) process.stderr.write(`\r${told} of ${documents.length}`);
      else if (told % 20 === 0) console.error(`${told} of ${documents.length}`);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, lane));
  if (process.stderr.isTTY) process.stderr.write('\r');
  return results;
}

function report(results: readonly DocumentResult[], options: Options, tools: readonly Tool[], ms: number): number {
  const usable = results.filter(({ unusable }) => unusable === undefined);
  const scores = Object.fromEntries(tools.map(({ name, version }) => [`${name} ${version}`, score(usable, name)]));
  const [own] = tools;
  const failures = usable.flatMap(({ tools: by }) => by[own!.name]!.failures);
  const kinds = kindsOf(failures);
  if (options.verbose) for (const failure of kinds.flatMap((one) => one.failures)) console.log(failureText(failure));
  if (kinds.length > 0) console.log(`Failures of ${own!.name} by kind:\n${kindsText(kinds)}\n`);
  for (const { name } of tools.slice(1)) {
    const lost = kindsOf(
      usable.flatMap(({ tools: by }) => by[name]!.failures.filter((one) => one.measure === 'loads')),
    );
    if (lost.length > 0) console.log(`${name} does not load:\n${kindsText(lost)}\n`);
  }
  for (const { document, unusable } of results)
    if (unusable !== undefined) console.log(`left out ${document.id}: ${unusable}`);
  console.log(`\n${scoreTable(scores)}\n`);
  const sum = (of: (one: DocumentResult) => number) => usable.reduce((total, one) => total + of(one), 0);
  const unbuilt = usable.flatMap(({ document, requests }) =>
    requests.unbuilt.map((one) => ({ document: document.id, ...one })),
  );
  console.log(
    `${usable.length} documents, ${sum(({ requests }) => requests.prepared.length)} requests, ${unbuilt.length} operations without a request that can be made, seed ${options.seed}, ${Math.round(ms / 1_000)} s`,
  );
  console.log(
    `one document again: npm run corpus -- --seed ${options.seed} --operations ${options.operations} --only <document> --verbose`,
  );
  if (options.json !== undefined) {
    const firstAnswers = usable.map(({ document, tools: by }) => ({
      document: document.id,
      bytes: document.bytes,
      ...Object.fromEntries(Object.entries(by).map(([name, one]) => [name, one.firstAnswerMs])),
    }));
    const peers = Object.fromEntries(
      tools.map(({ name }) => [name, usable.flatMap(({ tools: by }) => by[name]!.failures)]),
    );
    writeFileSync(
      options.json,
      `${JSON.stringify({ options, scores, failures: peers, unbuilt, firstAnswers }, null, 2)}\n`,
    );
  }
  const score_ = scores[`${own!.name} ${own!.version}`]!;
  if (options.writeBudgets) console.log(`written to ${writeBudgets(score_)}`);
  if (!hasBudgets(options) || options.writeBudgets) return 0;
  const over = overruns(score_, readBudgets());
  for (const line of over) console.log(`below its budget: ${line}`);
  return over.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`corpus: ${(error as Error).message}`);
  process.exitCode = 2;
}
