/**
 * A section: a part of the suite that ends with one table.
 * @module
 */
import type { Generator } from './load/window.js';
import type { Options } from './options.js';
import type { Row, Table, Value } from './table.js';

/** What all sections of a run share. */
export interface Context {
  readonly options: Options;
  /** The load generator. It is looked for, and autocannon installed, at the first call. */
  readonly generator: () => Promise<Generator>;
  /** Versions of what was measured besides, for the results. */
  readonly versions: Record<string, string>;
}

/** A part of the suite. */
export interface Section {
  /** The name by which `--only` selects it and messages refer to it. */
  readonly name: string;
  /** In the quick run too. */
  readonly quick: boolean;
  run(context: Context): Promise<Table>;
}

/** One row: its numbers or, where that fails, why there are none. Rows that are not wanted are left out. */
export async function addRow(
  rows: Row[],
  { options }: Context,
  section: string,
  name: string,
  work: () => Promise<Record<string, Value>>,
): Promise<void> {
  if (!options.wants(section, name)) return;
  process.stderr.write(`${section}/${name} …`);
  const from = performance.now();
  try {
    rows.push({ name, values: await work() });
  } catch (error) {
    const [problem] = (error as Error).message.split('\n');
    rows.push({ name, values: {}, problem: `not measured, ${problem}` });
  }
  process.stderr.write(` ${((performance.now() - from) / 1_000).toFixed(0)} s\n`);
}
