/**
 * What the runner is told on the command line.
 * @module
 */
import { parseArgs } from 'node:util';

/** The options of the command line. */
export interface Options {
  readonly documents: number;
  /** So many documents of the sample are left out at its beginning. */
  readonly skip: number;
  readonly operations: number;
  readonly seed: number;
  /** Parts of ids; the whole corpus when empty. */
  readonly only: readonly string[];
  readonly short: boolean;
  readonly peer: boolean;
  readonly parallel: number;
  readonly verbose: boolean;
  readonly json: string | undefined;
  readonly cli: string | undefined;
  readonly list: boolean;
  readonly writeBudgets: boolean;
}

const HELP = `npm run corpus -- [options]

Serves public OpenAPI documents with the built command line (npm run build first), sends each valid and invalid requests that are made from the document, and prints
how many of them are answered as the document says. The documents are packages of the npm registry, which are kept in the temporary folder of this machine.

  --documents <n>    so many documents of the corpus (100), chosen by the seed
  --skip <n>         leave out the first n of them: a large sample can be run in pieces (0)
  --operations <n>   so many operations of each document at most (12)
  --seed <n>         another sample, and other requests (1)
  --only <pattern>   documents whose id has this in it, such as stripe.com; repeatable
  --short            40 documents of at most 3 MB, 8 operations of each: less than two minutes. Ends with 1 where a share is below corpus/budgets.json
  --peer prism       the same requests to Prism as well; both columns are printed
  --parallel <n>     so many documents at the same time (2)
  --verbose          each failure with its request and its answer, not only the kinds
  --json <file>      write the shares and all failures to a file
  --cli <file>       another build's cli.js
  --list             print the documents and serve none
  --write-budgets    with --short: write budgets a little below what was measured
  --help             this`;

const SHORT = { documents: 40, operations: 8 };

/** @returns `undefined` where only help was asked for @throws on a flag that is none, or a number that is none */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      documents: { type: 'string' },
      skip: { type: 'string' },
      operations: { type: 'string' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      short: { type: 'boolean', default: false },
      peer: { type: 'string' },
      parallel: { type: 'string', default: '2' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'string' },
      cli: { type: 'string' },
      list: { type: 'boolean', default: false },
      'write-budgets': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return undefined;
  }
  const { only, short, peer, verbose, json, cli, list, 'write-budgets': writeBudgets } = values;
  if (peer !== undefined && peer !== 'prism') throw new Error(`--peer ${peer}: the only peer is prism`);
  const usual = short ? SHORT : { documents: only.length > 0 ? Number.MAX_SAFE_INTEGER : 100, operations: 12 };
  const changed =
    only.length > 0 ||
    values.skip !== undefined ||
    values.documents !== undefined ||
    values.operations !== undefined ||
    values.seed !== '1';
  if (writeBudgets && (!short || changed))
    throw new Error('--write-budgets: the budgets are for --short and its own sample');
  return {
    documents: values.documents === undefined ? usual.documents : whole('documents', values.documents),
    skip: values.skip === undefined ? 0 : whole('skip', values.skip),
    operations: values.operations === undefined ? usual.operations : whole('operations', values.operations),
    seed: whole('seed', values.seed),
    parallel: whole('parallel', values.parallel),
    only,
    short,
    peer: peer !== undefined,
    verbose,
    json,
    cli,
    list,
    writeBudgets,
  };
}

/** Whether the budgets are for this run: the short form with its own sample. */
export function hasBudgets({ short, only, skip, documents, operations, seed }: Options): boolean {
  return (
    short &&
    only.length === 0 &&
    skip === 0 &&
    documents === SHORT.documents &&
    operations === SHORT.operations &&
    seed === 1
  );
}

function whole(name: string, given: string): number {
  const number = Number(given);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} ${given}: give a whole number from 1`);
  return number;
}
