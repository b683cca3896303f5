/**
 * The rows of the table.
 * @module
 */
import type { Measure } from './answers/judge.js';
import type { DocumentResult, Failure, ToolResult } from './one.js';

/** A row of the table. */
export type Row = 'loads' | Exclude<Measure, 'unbroken'> | 'unbroken';

/** The text of each row. */
export const ROWS: Readonly<Record<Row, string>> = {
  loads: 'documents that load',
  success: 'valid requests answered with a documented success',
  body: "JSON bodies valid (the documents' own faulty examples left out)",
  header: 'documented response headers sent',
  refused: 'invalid requests refused',
  named: 'invalid requests refused with the field named',
  unbroken: 'requests answered without an own 5xx',
};

/** The results of one tool over all documents. */
export interface Score {
  /** How many were right, and of how many. */
  readonly counts: Readonly<Record<Row, readonly [right: number, all: number]>>;
  /** From the first command to the first answer, in ms: the median, and what 95 of 100 documents do not exceed. */
  readonly firstAnswer: { readonly median: number; readonly p95: number } | undefined;
}

/** Adds up one tool's results. */
export function score(results: readonly DocumentResult[], tool: string): Score {
  const own = results.flatMap(({ tools }) => tools[tool] ?? []);
  const sum = (row: Measure): [number, number] => {
    const all = own.map(({ counts }) => counts[row] ?? [0, 0]);
    return [all.reduce((total, [right]) => total + right, 0), all.reduce((total, [, of]) => total + of, 0)];
  };
  return {
    counts: {
      loads: [own.filter(({ loaded }) => loaded).length, own.length],
      success: sum('success'),
      body: sum('body'),
      header: sum('header'),
      refused: sum('refused'),
      named: sum('named'),
      unbroken: sum('unbroken'),
    },
    firstAnswer: timesOf(own),
  };
}

function timesOf(results: readonly ToolResult[]): Score['firstAnswer'] {
  const times = results.flatMap(({ firstAnswerMs }) => firstAnswerMs ?? []).sort((a, b) => a - b);
  if (times.length === 0) return undefined;
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { median: at(0.5), p95: at(0.95) };
}

/** Failures that are alike. */
export interface Kind {
  readonly measure: Failure['measure'];
  readonly kind: string;
  readonly failures: readonly Failure[];
  readonly documents: number;
}

/** Failures by kind, the most frequent of each measure first. */
export function kindsOf(failures: readonly Failure[]): Kind[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = `${failure.measure}\n${failure.kind}`;
    const group = groups.get(key);
    if (group) group.push(failure);
    else groups.set(key, [failure]);
  }
  const order = Object.keys(ROWS);
  return [...groups.values()]
    .map((group) => ({
      measure: group[0]!.measure,
      kind: group[0]!.kind,
      failures: group,
      documents: new Set(group.map(({ document }) => document)).size,
    }))
    .sort((a, b) => order.indexOf(a.measure) - order.indexOf(b.measure) || b.failures.length - a.failures.length);
}
