/**
 * The table and the list of failures, as text.
 * @module
 */
import { toText } from '../labelled/table.js';
import type { Failure } from './one.js';
import { type Kind, ROWS, type Row, type Score } from './score.js';

/** A column for each tool. */
export function scoreTable(scores: Readonly<Record<string, Score>>): string {
  const tools = Object.values(scores);
  const rows = Object.entries(ROWS).map(([row, title]) => ({
    cells: [title, ...tools.map(({ counts }) => shareText(counts[row as Row]))],
  }));
  const time = (ms: number | undefined) => (ms === undefined ? '–' : `${(ms / 1_000).toFixed(2)} s`);
  const times = [
    { cells: ['first command to first answer, median', ...tools.map(({ firstAnswer }) => time(firstAnswer?.median))] },
    { cells: ['first command to first answer, 95 of 100', ...tools.map(({ firstAnswer }) => time(firstAnswer?.p95))] },
  ];
  return toText(['', ...Object.keys(scores)], [...rows, ...times]);
}

function shareText([right, all]: readonly [number, number]): string {
  return all === 0 ? '–' : `${((100 * right) / all).toFixed(1)} % (${right} of ${all})`;
}

/** One line for each kind of failure, with where it was first seen. */
export function kindsText(kinds: readonly Kind[]): string {
  return kinds
    .map(({ measure, kind, failures: [first, ...others], documents }) => {
      const where = [first!.document, first!.operation].filter((part) => part !== '').join(' ');
      return `${measure}: ${kind}: ${others.length + 1} in ${documents} document${documents === 1 ? '' : 's'}, such as ${where}`;
    })
    .join('\n');
}

/** A failure in words, with the request that repeats it. */
export function failureText({ document, operation, measure, kind, detail, request, answer }: Failure): string {
  const lines = [`${measure}: ${kind}`, `${document} ${operation}`, detail, request, answer].filter(
    (line) => line.trim() !== '',
  );
  return lines.join('\n    ');
}
