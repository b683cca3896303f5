/**
 * Formats text for a terminal: tables and counts.
 * @module
 */

/** Formats a table. Each column is as wide as its longest cell. @param rows cells, each as a list of lines */
export function table(head: readonly string[], rows: readonly (readonly (readonly string[])[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.flatMap((row) => row[column]!.map((line) => line.length))),
  );
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()}\n`;
  const body = rows.flatMap((row) => {
    const height = Math.max(1, ...row.map((lines) => lines.length));
    return Array.from({ length: height }, (_, i) => line(row.map((lines) => lines[i] ?? '')));
  });
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body].join('');
}

/** Formats a count with its noun: `1 policy`, `2 policies`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}
