/**
 * A status line at the bottom of a terminal in which another program writes: the rows above it scroll, and the line stays.
 *
 * The terminal is told to scroll all rows but the last one (DECSTBM). Each change of the line is one write that saves and restores the cursor, so that the output
 * of the other program stays where it is.
 * @module
 */
import type { Terminal } from './io.js';
import { cut } from './width.js';

const SAVE = '\u001b7';
const RESTORE = '\u001b8';
const CLEAR_LINE = '\u001b[2K';
/** A smaller terminal has no row to spare. */
const MIN_ROWS = 6;

/** A status line. */
export interface StatusLine {
  /** Shows a text without line breaks. */
  show(text: string): void;
  /** Removes the line and gives its row back. */
  close(): void;
}

/** Opens a status line; `undefined` if the terminal is too small. */
export function openStatusLine(terminal: Terminal): StatusLine | undefined {
  if (terminal.size().rows < MIN_ROWS) return undefined;
  let shown = '';
  /** The row of the line. A terminal that shrinks or grows gets another one. */
  let row = 0;
  const at = (line: number) => `\u001b[${line};1H`;
  const draw = () => {
    const { columns, rows } = terminal.size();
    const moved = row === rows ? '' : reserve(rows);
    row = rows;
    terminal.write(`${moved}${SAVE}${at(rows)}${CLEAR_LINE}${cut(shown, columns - 1)}${RESTORE}`);
  };
  // A line break first, so that the cursor is not in the last row.
  const reserve = (rows: number) =>
    `${row === 0 ? '\n' : ''}${SAVE}\u001b[1;${rows - 1}r${RESTORE}${row === 0 ? '\u001b[1A' : ''}`;
  const close = () => {
    ended();
    if (row === 0) return;
    terminal.write(`${SAVE}\u001b[r${at(row)}${CLEAR_LINE}${RESTORE}`);
    row = 0;
  };
  const endings = [terminal.onResize(draw), terminal.atExit(close)];
  const ended = () => {
    for (const end of endings) end();
  };
  return {
    show(text) {
      shown = text;
      draw();
    },
    close,
  };
}
