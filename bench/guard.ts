/**
 * The guard against rot: counts that do not depend on what else the machine does, each held to a budget. It fails where one is above.
 *
 *     npm run bench:guard                # check
 *     npm run bench:guard -- --update    # after a change that is meant: the budgets become what is measured, and a quarter on top
 *
 * Budgets are in bench/guard/budgets.json. The same program gives the same counts within half a per cent; the quarter is for other versions of Node.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadedModules } from './guard/modules.js';
import { describeMachine, root, versions } from './machine.js';
import { measured } from './measured.js';
import { saveResults } from './results.js';
import { type Row, type Table, toText } from './table.js';

const FILE = 'bench/guard/budgets.json';
const MARGIN = 1.25;
/** Below this share of its budget a count could be held to a smaller one. */
const SLACK = 0.6;
const NO_COLLECTIONS = ['--single-threaded', '--min-semi-space-size=256', '--max-semi-space-size=256'];
const KEYS = 100_000;

type Counts = Readonly<Record<string, number>>;

const { values: flags } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const date = new Date().toISOString();
const counts = await count();
const budgets: Counts = flags.update ? raise(counts) : read();
if (flags.update) writeFileSync(join(root, FILE), `${JSON.stringify(budgets, undefined, 2)}\n`);
const table = compare(counts, budgets);
console.log(toText(table));
const machine = describeMachine();
saveResults({ date, command: 'npm run bench:guard', machine, versions: versions(), tables: [table] }, 'guard');

const over = Object.keys(counts).filter((name) => !(counts[name]! <= (budgets[name] ?? 0)));
const gone = Object.keys(budgets).filter((name) => counts[name] === undefined);
for (const name of over) {
  const budget = budgets[name];
  console.error(
    budget === undefined
      ? `${name} has no budget; add one to ${FILE}, or run npm run bench:guard -- --update`
      : `${name} is above its budget by ${((counts[name]! / budget - 1) * 100).toFixed(1)} %; find out what was added, or raise it in ${FILE} and say why`,
  );
}
for (const name of gone) console.error(`${name} is in ${FILE} and was not measured; take it out`);
process.exitCode = over.length + gone.length > 0 ? 1 : 0;

async function count(): Promise<Counts> {
  const allocations = await measured<Counts>('allocations.mjs', [], NO_COLLECTIONS);
  const perKey: Record<string, number> = {};
  for (const algorithm of ['fixed-window', 'sliding-window', 'token-bucket', 'sliding-log', 'concurrency']) {
    const { beyondString } = await measured<{ beyondString: number }>('keys.mjs', [algorithm, KEYS]);
    perKey[`kept per key, ${algorithm}`] = beyondString;
  }
  const log = await measured<{ perRequest: number }>('log.mjs', [1_000, 300]);
  const { modules, bytes } = await loadedModules();
  return {
    ...Object.fromEntries(Object.entries(allocations).map(([name, value]) => [`allocated per ${name}`, value])),
    ...perKey,
    'kept per request in a log': log.perRequest,
    'modules loaded at the start': modules,
    'bytes of modules loaded at the start': bytes,
  };
}

function read(): Counts {
  return JSON.parse(readFileSync(join(root, FILE), 'utf8')) as Counts;
}

/** Two digits are enough to read, and few changes touch them. */
function raise(all: Counts): Counts {
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, Number((value * MARGIN).toPrecision(2))]),
  );
}

function compare(all: Counts, limits: Counts): Table {
  const rows = Object.entries(all).map(([name, value]): Row => {
    const budget = limits[name];
    const verdict = budget === undefined || value > budget ? 'ABOVE' : value < SLACK * budget ? 'far below' : 'within';
    return { name, values: { value, budget, share: budget === undefined ? undefined : value / budget, verdict } };
  });
  return {
    section: 'guard',
    title: 'Counts and budgets',
    columns: [
      { key: 'value', title: 'counted', unit: 'bytes' },
      { key: 'budget', title: 'budget', unit: 'bytes' },
      { key: 'share', title: 'share', unit: 'ratio' },
      { key: 'verdict', title: '', unit: 'text' },
    ],
    rows,
    notes: [`In bytes, but for modules. Budgets: ${FILE}.`],
  };
}
