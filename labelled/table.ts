/**
 * The tables: for the terminal and for docs/clients.md.
 * @module
 */
import type { CheckScore, Judgement, SituationScore } from './score.js';

/** A row: one cell for each column of its head. */
export interface Row {
  readonly cells: readonly (string | number)[];
}

/** Titles of the columns that `checkRows` fills. */
export const CHECK_HEAD = ['check', 'in situations', 'findings', 'of these right', 'precision', 'recall'];

/** Titles of the columns that `familyRows` fills. From `right` on they count runs, before it situations. */
export const FAMILY_HEAD = ['family', 'good', 'bad', 'right', 'accused', 'missed', 'undecided', 'broken'];

/** A row for each check and one for all together, with precision and recall in percent; `–` where there is nothing to divide by. */
export function checkRows(scores: readonly CheckScore[]): Row[] {
  const rows = scores.map(({ check, situations, found, right, wanted, met }) => ({
    cells: [`\`${check}\``, situations, found, right, share(right, found), share(met, wanted)],
  }));
  const sum = (of: (one: CheckScore) => number) => scores.reduce((total, one) => total + of(one), 0);
  const [found, right, wanted, met] = [
    sum((one) => one.found),
    sum((one) => one.right),
    sum((one) => one.wanted),
    sum((one) => one.met),
  ];
  return [...rows, { cells: ['**all**', '', found, right, share(right, found), share(met, wanted)] }];
}

/** A row for each family and one for all together. */
export function familyRows(scores: readonly SituationScore[]): Row[] {
  const families = [...new Set(scores.map(({ situation }) => situation.family))];
  const row = (name: string, own: readonly SituationScore[]): Row => {
    const runs = own.flatMap((one) => one.runs);
    const times = (judgement: Judgement) => runs.filter((one) => one.judgement === judgement).length;
    const kinds = (kind: string) => own.filter(({ situation }) => situation.kind === kind).length;
    const right = `${times('right')} of ${runs.length}`;
    const others = (['accused', 'missed', 'undecided', 'broken'] as const).map(times);
    return { cells: [name, kinds('good'), kinds('bad'), right, ...others] };
  };
  const rows = families.map((name) =>
    row(
      name,
      scores.filter(({ situation }) => situation.family === name),
    ),
  );
  return [...rows, row('**all**', scores)];
}

function share(part: number, all: number): string {
  return all === 0 ? '–' : `${Math.round((1_000 * part) / all) / 10} %`;
}

/** The table for docs/clients.md. */
export function toMarkdown(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(({ cells }) => line(cells))].join('\n');
}

/** The table for the terminal, in aligned columns and without the marks of Markdown. */
export function toText(head: readonly string[], rows: readonly Row[]): string {
  const all = [head, ...rows.map(({ cells }) => cells)].map((cells) =>
    cells.map((cell) => String(cell).replaceAll(/[`*]/g, '')),
  );
  const widths = head.map((_, i) => Math.max(...all.map((cells) => cells[i]!.length)));
  return all
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n');
}
