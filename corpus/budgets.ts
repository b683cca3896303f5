/**
 * The shares below which the short form may not fall.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROWS, type Row, type Score } from './score.js';

/** The least share of each row, from 0 to 1. */
export type Budgets = Readonly<Record<Row, number>>;

const FILE = fileURLToPath(new URL('./budgets.json', import.meta.url));

/** Reads corpus/budgets.json. */
export function readBudgets(): Budgets {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Budgets;
}

/** One line for each row that is below its budget. A row without anything to count is below it too: it would hide a loss. */
export function overruns({ counts }: Score, budgets: Budgets): string[] {
  return (Object.keys(ROWS) as Row[]).flatMap((row) => {
    const [right, all] = counts[row];
    if (all > 0 && right / all >= budgets[row]) return [];
    const share = all === 0 ? 'nothing was counted' : `${((100 * right) / all).toFixed(2)} %`;
    return [`${ROWS[row]}: ${share}, and the budget is ${(100 * budgets[row]).toFixed(2)} %`];
  });
}

/** Room for what differs from machine to machine, such as an answer that came too late. */
const ROOM = 0.005;
/** Rows that have no room: each document that is lost, and each own 5xx, is a fault. */
const EXACT: readonly Row[] = ['loads', 'unbroken'];

/** Budgets a little below a score. @returns the file */
export function writeBudgets({ counts }: Score): string {
  const budget = (row: Row) => {
    const [right, all] = counts[row];
    const share = all === 0 ? 0 : right / all;
    return share === 1 && EXACT.includes(row) ? 1 : Math.max(0, Math.floor((share - ROOM) * 1_000) / 1_000);
  };
  const budgets = Object.fromEntries((Object.keys(ROWS) as Row[]).map((row) => [row, budget(row)]));
  writeFileSync(FILE, `${JSON.stringify(budgets, null, 2)}\n`);
  return FILE;
}
