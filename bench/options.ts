/**
 * What the suite is told on the command line.
 * @module
 */
import { parseArgs } from 'node:util';

/** Options of `npm run bench`, as read from the command line. */
export interface Options {
  /** Adjacent pairs per row. */
  readonly pairs: number;
  /** Seconds per window. */
  readonly seconds: number;
  /** CPU time that a server is given to warm up. */
  readonly warmMs: number;
  /** Rounds of what is spawned again and again. */
  readonly rounds: number;
  /** Only the rows and sections of the quick run. */
  readonly quick: boolean;
  /** The slow rows too. */
  readonly full: boolean;
  /** The name of the load generator; wrk where there is one. */
  readonly generator: string | undefined;
  /** Whether the peers are measured too; never in the quick run. */
  readonly peers: boolean;
  /** Whether the tables of docs/performance.md are filled. */
  readonly writeDocs: boolean;
  /** The command line as it was given, for the results. */
  readonly command: string;
  /** Whether a row is wanted; its name has the section in front, `http/klinky 200`. */
  wants(section: string, row?: string): boolean;
}

const HELP = `npm run bench -- [options]

Measures mock429 as it is built (npm run build), beside a bare Hono server, and prints tables. The numbers go to bench/results/ as JSON.

  --only <pattern>   only rows whose section/name matches, such as http/klinky, micro or "cold-start"; repeatable
  --seconds <n>      length of a window, whole seconds (1)
  --pairs <n>        adjacent pairs of windows per row (15; quick: 2)
  --generator <name> wrk or autocannon; wrk where it is installed
  --no-peers         without hono-rate-limiter, Prism and Mockoon; they are fetched into a scratch folder at the first run
  --full             with the slow rows: 100,000 keys with 1,000 requests each in the log
  --quick            two pairs, few rows, no peers: about a minute and a half, for CI
  --write-docs       fill the table of docs/performance.md
  --help             this

Sections: http, operations, cold-start, idle, requests, keys, micro, loading.`;

/** @returns `undefined` where only help was asked for */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '1' },
      pairs: { type: 'string' },
      generator: { type: 'string' },
      peers: { type: 'boolean', default: true },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return undefined;
  }
  const patterns = values.only.map((pattern) => new RegExp(pattern, 'i'));
  return {
    pairs: whole(values.pairs ?? (values.quick ? '2' : '15'), '--pairs'),
    seconds: whole(values.seconds, '--seconds'),
    warmMs: values.quick ? 2_500 : 4_500,
    rounds: values.quick ? 3 : 11,
    quick: values.quick,
    full: values.full,
    generator: values.generator,
    peers: values.peers && !values.quick,
    writeDocs: values['write-docs'],
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    wants: (section, row) =>
      patterns.length === 0 ||
      patterns.some((pattern) => (row === undefined ? section : `${section}/${row}`).match(pattern) !== null),
  };
}

function whole(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new Error(`${option} must be a whole number from 1 to 1000, not ${text}`);
}
