/**
 * Draws a scene with characters, for Markdown and terminals. All of them are as wide as a letter in common fixed-width fonts.
 * @module
 */
import { sanitize } from '../escape.js';
import { type Column, columnsOf } from './columns.js';
import type { MarkKind } from './requests.js';
import type { Lane, Mark, Scene, Wait } from './scene.js';

/** The character of each kind of request. */
export const MARKS: Readonly<Record<MarkKind, string>> = { admitted: '●', free: '○', refused: '▲', failed: '■' };
/** What the characters mean. */
export const LEGEND = '● admitted  ○ free  ▲ refused  ■ failed  ▒ told to wait  └─► answer known, next request';

const NAME = 26;
const TICK = 12;

/** Draws a scene. @param width of the axis, in characters @returns lines without trailing spaces */
export function drawText(scene: Scene, width: number): readonly string[] {
  const last = width - 1;
  const lines = [tickLine(scene, width)];
  let known: number | undefined;
  let accused: number | undefined;
  for (const lane of scene.lanes) {
    const columns = columnsOf(lane.marks, last, 1, 1);
    const place = (role: Mark['role']) => {
      const column = columns.find(({ marks }) => marks.some((mark) => mark.role === role));
      return column && Math.round(column.x);
    };
    known ??= place('known');
    accused ??= place('accused');
    lines.push(...laneLines(lane, columns, width));
  }
  const ids = scene.lanes.flatMap(({ marks }) => marks);
  const link = linkLine(
    ids.find(({ role }) => role === 'known')?.id,
    known,
    ids.find(({ role }) => role === 'accused')?.id ?? '',
    accused,
  );
  return [...lines, ...link].map((line) => sanitize(line).replaceAll('`', "'").trimEnd());
}

function tickLine({ axis }: Scene, width: number): string {
  const row = new Row(width + TICK);
  for (const { x, label } of axis.ticks(Math.floor(width / TICK))) row.label(Math.round(x * (width - 1)), label);
  return ' '.repeat(NAME) + row.text;
}

function laneLines({ caller, connection, waits }: Lane, columns: readonly Column[], width: number): string[] {
  const counts = new Row(width + 8);
  const row = new Row(width, '─');
  for (const { x, marks, more } of columns) {
    const at = Math.round(x);
    row.mark(at, MARKS[markOf(marks).kind]);
    const all = marks.length + more;
    if (all > 1) counts.label(at, String(all));
  }
  const bars = waits.map((wait) => waitRow(wait, width));
  const [first = '', ...others] = bars;
  return [
    ...(counts.text.trim() === '' ? [] : [`${name(connection === '' ? '' : caller)}${counts.text}`]),
    ...(connection === '' || counts.text.trim() !== '' ? [] : [name(caller)]),
    `${name(connection === '' ? caller : `  ${connection}`)}${row.text}`,
    ...(first === '' ? [] : [`${name('')}${first}`]),
    ...others.map((bar) => `${name('')}${bar}`),
  ];
}

/** The mark that stands for a column: one of the finding, else the first. */
function markOf(marks: readonly Mark[]): Mark {
  return marks.find(({ role }) => role === 'accused') ?? marks[0]!;
}

function waitRow({ from, to, isOpen, says }: Wait, width: number): string {
  const start = Math.round(from * (width - 1));
  const end = Math.max(start + 1, Math.round(to * (width - 1)));
  return `${' '.repeat(start)}${'▒'.repeat(end - start)}${isOpen ? '►' : '|'} ${says}`;
}

function linkLine(knownId: string | undefined, known: number | undefined, id: string, accused: number | undefined) {
  if (accused === undefined) return [];
  if (knownId === undefined || known === undefined) return [`${name('')}${' '.repeat(accused)}↑ request ${id}`];
  const [from, to] = [Math.min(known, accused), Math.max(known, accused)];
  const line = `${' '.repeat(from)}└${'─'.repeat(Math.max(0, to - from - 1))}► request ${id}, after the answer to ${knownId}`;
  return [name('') + line];
}

function name(words: string): string {
  const characters = [...sanitize(words)];
  const cut = characters.length < NAME ? characters : [...characters.slice(0, NAME - 2), '…'];
  return cut.join('').padEnd(NAME);
}

/** A line of fixed length to which words are written. */
class Row {
  readonly #cells: string[];
  /** The first place that a label may have without touching the one before. */
  #free = 0;

  constructor(length: number, fill = ' ') {
    this.#cells = Array.from({ length }, () => fill);
  }

  /** Writes a character. */
  mark(at: number, character: string): void {
    this.#cells[at] = character;
  }

  /** Writes a label from a place on, unless it would touch the one before. */
  label(at: number, words: string): void {
    if (at < this.#free) return;
    for (const [i, character] of [...words].entries()) if (at + i < this.#cells.length) this.#cells[at + i] = character;
    this.#free = at + words.length + 1;
  }

  get text(): string {
    return this.#cells.join('');
  }
}
