/**
 * Tables of measurements: data first, so that the JSON, the terminal and the documentation show the same.
 * @module
 */
import { isSpread, type Spread } from './stats.js';

/** How the values of a column are shown. A column in `MiB` has values in bytes; all others are in the unit that is named. */
export type Unit = 'count' | 'ratio' | 'ms' | 'µs' | 'MiB' | 'bytes' | 'text';

/** A column: the values that rows have under its key. It is left out where no row has one. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
}

/** The value of a cell: numbers are in the unit of the column, and text is shown as it is. */
export type Value = Spread | number | string | undefined;

/** A row: its values by the key of their column. */
export interface Row {
  readonly name: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Why there are no numbers. */
  readonly problem?: string;
}

/** The result of a section. */
export interface Table {
  /** Name of the section. */
  readonly section: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Sentences below the table: how it was measured. */
  readonly notes: readonly string[];
}

const FORMATS: Record<Unit, (value: number) => string> = {
  count: (value) => Math.round(value).toLocaleString('en'),
  ratio: (value) => value.toFixed(2),
  ms: (value) => value.toFixed(value < 10 ? 2 : 0),
  µs: (value) => value.toFixed(1),
  MiB: (value) => (value / 1024 / 1024).toFixed(1),
  bytes: (value) => value.toFixed(value < 20 ? 1 : 0),
  text: String,
};

/** Renders a table for the terminal, in aligned columns, with problems and notes below. */
export function toText({ title, columns, rows, notes }: Table): string {
  const lines = cellsOf(columns, rows);
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((cells) => cells[i]?.length ?? 0)));
  const body = lines.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))),
  );
  const problems = rows.filter(({ problem }) => problem !== undefined);
  return [
    `\n${title}`,
    ...body.map((cells) => cells.join('  ').trimEnd()),
    ...problems.map(({ name, problem }) => `${name}: ${problem}`),
    ...notes,
  ].join('\n');
}

/** Renders a table for docs/performance.md, with a heading of level 3, and with problems and notes below. */
export function toMarkdown({ title, columns, rows, notes }: Table): string {
  const [head, ...body] = cellsOf(columns, rows).map((cells) => `| ${cells.join(' | ')} |`);
  const rule = `|${[' --- ', ...columns.map(({ unit }) => (unit === 'text' ? ' --- ' : ' ---: '))].join('|')}|`;
  const problems = rows.filter(({ problem }) => problem !== undefined);
  const below = [...problems.map(({ name, problem }) => `${name}: ${problem}`), ...notes];
  return [`### ${title}`, '', head, rule, ...body, ...below.flatMap((note) => ['', note])].join('\n');
}

function cellsOf(columns: readonly Column[], rows: readonly Row[]): string[][] {
  const used = columns.filter(({ key }) => rows.some(({ values }) => values[key] !== undefined));
  return [
    ['', ...used.map(({ title }) => title)],
    ...rows.map(({ name, values }) => [name, ...used.map(({ key, unit }) => cell(values[key], unit))]),
  ];
}

function cell(value: Value, unit: Unit): string {
  if (value === undefined) return '–';
  if (typeof value === 'string') return value;
  const format = FORMATS[unit];
  return isSpread(value) ? `${format(value.median)} (${format(value.min)}–${format(value.max)})` : format(value);
}
