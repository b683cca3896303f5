/**
 * A section: a part of the suite that ends with one table.
 * @module
 */
import type { Generator } from './load/window.js';
import type { Options } from './options.js';
import type { Row, Table, Value } from './table.js';

export interface Context {
  readonly options: Options;
  readonly generator: () => Promise<Generator>;
  /** Versions of what was measured besides, for the results. */
  readonly versions: Record<string, string>;
}

export interface Section {
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
