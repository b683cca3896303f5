/**
 * What the runner is told on the command line.
 * @module
 */
import { parseArgs } from 'node:util';

/** Options of `npm run verdict:labelled`, as read from the command line. */
export interface Options {
  /** How many times the set is run. */
  readonly runs: number;
  /** Whether every core is kept busy meanwhile. */
  readonly loaded: boolean;
  /** Ids, families or parts of ids; all when empty. */
  readonly only: readonly string[];
  /** Whether only a sample of about 25 situations is run. */
  readonly short: boolean;
  /** How many situations run at the same time. */
  readonly parallel: number;
  /** Whether the tables of docs/clients.md are filled. */
  readonly writeDocs: boolean;
  /** The built command line that judges. */
  readonly cli: string | undefined;
  /** How many more times a bad client that was missed is run. One miss is allowed then. */
  readonly again: number;
  /** Whether right outcomes are printed too. */
  readonly verbose: boolean;
  /** Whether the situations are printed and not run. */
  readonly list: boolean;
}

const HELP = `npm run verdict:labelled -- [options]

Runs client programs whose right verdict is written down (labelled/expectations) through the built command line (npm run build first), and prints precision and recall
of each check. Ends with 1 where a good client is accused or a bad one is missed.

  --runs <n>         the whole set so many times (1); a bad client may be missed in one run of twenty, a good one may never be accused
  --loaded           with every core busy
  --only <pattern>   situations whose id has this in it, such as burst or burst/fresh-4; repeatable
  --short            about 25 situations, chosen so that each family is there: less than a minute
  --again <n>        run a bad client that was missed n more times (0); none of these may miss it
  --parallel <n>     so many at the same time (1, so that they do not disturb each other)
  --cli <file>       another build's cli.js
  --write-docs       fill the tables of docs/clients.md
  --verbose          a line for each situation, right ones too
  --list             print the situations and run nothing
  --help             this`;

/** @returns `undefined` where only help was asked for @throws on a flag that is none, or a number that is none */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '1' },
      loaded: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      short: { type: 'boolean', default: false },
      parallel: { type: 'string', default: '1' },
      again: { type: 'string', default: '0' },
      cli: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return undefined;
  }
  const { loaded, only, short, cli, verbose, list } = values;
  if (values['write-docs'] && (short || only.length > 0))
    throw new Error('--write-docs: the tables are of the whole set');
  const [runs, parallel] = [whole('runs', values.runs), whole('parallel', values.parallel)];
  const again = whole('again', values.again, 0);
  return { runs, parallel, again, loaded, only, short, cli, verbose, list, writeDocs: values['write-docs'] };
}

function whole(name: string, given: string, least = 1): number {
  const number = Number(given);
  if (!Number.isInteger(number) || number < least)
    throw new Error(`--${name} ${given}: give a whole number from ${least}`);
  return number;
}
