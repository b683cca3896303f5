/**
 * The suite: every section that is wanted, one after the other, as tables on the terminal and as JSON in bench/results/.
 * @module
 */
import { existsSync } from 'node:fs';
import { coldStart } from './cold-start.js';
import { writeDocs } from './docs.js';
import { http } from './http/section.js';
import { idle } from './idle.js';
import { keys } from './keys.js';
import { generator } from './load/load.js';
import type { Generator } from './load/window.js';
import { loading } from './loading.js';
import { describeMachine, pinSelf, root, versions } from './machine.js';
import { micro } from './micro.js';
import { operations } from './operations.js';
import { readOptions } from './options.js';
import { requests } from './requests.js';
import { saveResults } from './results.js';
import type { Context } from './section.js';
import { type Table, toText } from './table.js';

const sections = [http, operations, coldStart, idle, requests, keys, micro, loading];

const options = readOptions(process.argv.slice(2));
if (options) {
  if (!existsSync(`${root}dist/cli.js`)) throw new Error('there is no dist/cli.js; run npm run build first');
  const machine = describeMachine();
  const date = new Date().toISOString();
  pinSelf();
  let made: Promise<Generator> | undefined;
  const context: Context = {
    options,
    versions: versions(),
    generator: () => {
      made ??= generator(options.generator);
      return made;
    },
  };
  const tables: Table[] = [];
  for (const section of sections) {
    if (options.quick && !section.quick) continue;
    try {
      const table = await section.run(context);
      if (table.rows.length === 0) continue;
      tables.push(table);
      console.log(toText(table));
    } catch (error) {
      // What the others have measured is kept.
      console.error(`${section.name}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  if (tables.length === 0)
    throw new Error('no row was measured; --help tells the sections, and rows are named in their tables');
  if (made) {
    const [name, version = ''] = (await made).name.split(' ');
    context.versions[name!] = version;
  }
  const results = { date, command: options.command, machine, versions: context.versions, tables };
  console.log(`\nsaved as ${saveResults(results)}`);
  if (options.writeDocs) console.log(`written to ${writeDocs(results)}`);
}
