/**
 * Draws a scene as SVG. Colours and fonts come from the page: every shape has a class.
 * @module
 */
import { escapeXml } from '../escape.js';
import { type Column, columnsOf } from './columns.js';
import type { MarkKind } from './requests.js';
import type { Lane, Mark, Scene, Wait } from './scene.js';

/** The size of a drawing. */
export interface SvgSize {
  /** Width in CSS pixels. */
  readonly width: number;
  /** Width of the names of the lanes, left of the axis; 0: above each lane. */
  readonly gutter: number;
}

const EDGE = 14;
const MARK = 13;
const MAX_STACK = 8;
const TICK_WIDTH = 96;
const ROW = 34;
const ARC = 44;
/** Width of a character of labels, on average and rounded up. */
const CHARACTER = 6.6;

/** A place of a drawn mark. */
interface Spot {
  readonly x: number;
  readonly y: number;
}

/**
 * Draws a scene.
 *
 * @param id of the drawing, unique in its page
 */
export function drawSvg(scene: Scene, { width, gutter }: SvgSize, id: string): string {
  const left = gutter + EDGE;
  const axisWidth = width - left - EDGE;
  const spots = new Map<Mark['role'], Spot>();
  const parts: string[] = [];
  let top = 26;
  for (const lane of scene.lanes) {
    const drawn = drawLane(lane, { left, axisWidth, width, top, isNamedAbove: gutter === 0 });
    for (const [role, spot] of drawn.spots) spots.set(role, spot);
    parts.push(drawn.svg);
    top += drawn.height;
  }
  const height = Math.ceil(top + 4);
  const ticks = scene.axis.ticks(Math.max(2, Math.floor(axisWidth / TICK_WIDTH))).map(({ x, label }) => {
    const at = round(left + x * axisWidth);
    return `<line class="tick" x1="${at}" y1="20" x2="${at}" y2="${height - 4}"/>${text(label, at, 13, 'label', axisAnchor(at, label, width))}`;
  });
  const link = drawLink(spots.get('known'), spots.get('accused'));
  return [
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}">`,
    `<title id="${id}">${escapeXml(scene.says)}</title>`,
    ...ticks,
    ...parts,
    link,
    '</svg>',
  ].join('\n');
}

interface Place {
  readonly left: number;
  readonly axisWidth: number;
  readonly width: number;
  readonly top: number;
  readonly isNamedAbove: boolean;
}

function drawLane(lane: Lane, { left, axisWidth, width, top, isNamedAbove }: Place) {
  const columns = columnsOf(lane.marks, axisWidth, MARK, MAX_STACK);
  const isOfFinding = lane.marks.some(({ role }) => role === 'accused' || role === 'known');
  const highest = Math.max(1, ...columns.map(({ marks, more }) => marks.length + (more > 0 ? 1 : 0)));
  const name = isNamedAbove ? 18 : 0;
  const base = top + name + (isOfFinding ? ARC : 12) + highest * MARK;
  const spots = new Map<Mark['role'], Spot>();
  const marks = [
    ...columns.flatMap((column) => drawColumn(column, left, base, spots)),
    ...drawRests(columns, left, base - 2 - MAX_STACK * MARK),
  ];
  const named = isOfFinding ? drawNames(lane, left, axisWidth, width, base, columns) : [];
  const waitsTop = base + (isOfFinding ? 24 : 10);
  const waits = lane.waits.map((wait, i) => drawWait(wait, left, axisWidth, width, waitsTop + i * ROW));
  const height = waitsTop + lane.waits.length * ROW + 10 - top;
  const svg = [
    `<line class="base" x1="${left - EDGE / 2}" y1="${base + 2}" x2="${width - EDGE / 2}" y2="${base + 2}"/>`,
    ...laneName(lane, isNamedAbove ? 4 : left - EDGE, isNamedAbove ? top + 10 : base - 8, isNamedAbove),
    ...waits,
    ...marks,
    ...named,
  ];
  return { svg: svg.join('\n'), height, spots };
}

/** The caller and the connection: two lines left of the lane, or one above it. */
function laneName({ caller, connection }: Lane, width: number, y: number, isAbove: boolean): string[] {
  if (isAbove) return [text([caller, connection].filter(Boolean).join(', '), 4, y, 'lane', 'start')];
  const short = shorten(caller, Math.floor((width - 8) / CHARACTER));
  return [
    text(short, 2, connection === '' ? y + 6 : y, 'lane', 'start', caller),
    ...(connection === '' ? [] : [text(connection, 2, y + 15, 'label', 'start')]),
  ];
}

function drawColumn({ x, marks }: Column, left: number, base: number, spots: Map<Mark['role'], Spot>): string[] {
  const at = round(left + x);
  return marks.map((mark, i) => {
    const y = base - 5 - i * MARK;
    if (mark.role === 'known' || mark.role === 'accused') spots.set(mark.role, { x: at, y });
    return drawMark(mark, at, y);
  });
}

/** How many marks the stacks are too low for. Numbers that would overlap are added up. */
function drawRests(columns: readonly Column[], left: number, y: number): string[] {
  const rests: { x: number; more: number }[] = [];
  for (const { x, more } of columns) {
    if (more === 0) continue;
    const last = rests.at(-1);
    if (last && x - last.x < (`+${group(last.more)}`.length + 2) * CHARACTER) last.more += more;
    else rests.push({ x, more });
  }
  return rests.map(({ x, more }) => text(`+${group(more)}`, round(left + x), y, 'more', 'middle'));
}

function drawMark({ kind, role, title }: Mark, x: number, y: number): string {
  const ring = role === 'accused' ? `<circle class="ring" cx="${x}" cy="${y}" r="9"/>` : '';
  const faint = role === 'other' ? ' faint' : '';
  return `<g class="${kind}${faint}"><title>${escapeXml(title)}</title>${ring}${shapeOf(kind, x, y)}</g>`;
}

/** The shape of a kind of request, 10 pixels wide, around a point. */
export function shapeOf(kind: MarkKind, x: number, y: number): string {
  switch (kind) {
    case 'refused':
      return `<path d="M${x} ${y - 6}l6 10.5h-12z"/>`;
    case 'failed':
      return `<rect x="${x - 4.5}" y="${y - 4.5}" width="9" height="9"/>`;
    default:
      return `<circle cx="${x}" cy="${y}" r="${kind === 'free' ? 4 : 5}"/>`;
  }
}

/** The ids of the request that is accused and of the one whose answer its client knew. */
function drawNames(
  { marks }: Lane,
  left: number,
  axisWidth: number,
  width: number,
  base: number,
  columns: readonly Column[],
): string[] {
  const at = (wanted: Mark) =>
    left + (columns.find((column) => column.marks.includes(wanted))?.x ?? wanted.x * axisWidth);
  const known = marks.find(({ role }) => role === 'known');
  const accused = marks.find(({ role }) => role === 'accused');
  const isClose = known && accused && at(accused) - at(known) < 24 + (known.id.length + accused.id.length) * CHARACTER;
  return [known, accused].flatMap((mark) => {
    if (!mark) return [];
    const x = round(at(mark));
    const label = mark.id;
    const beside = mark === known ? 'end' : 'start';
    const anchor = isClose ? beside : axisAnchor(x, label, width);
    return [
      text(
        label,
        isClose ? x + (beside === 'end' ? -1 : 1) : x,
        base + 16,
        mark.role === 'accused' ? 'id strong' : 'id',
        anchor,
      ),
    ];
  });
}

function drawWait(
  { from, to, isOpen, says, isKnown }: Wait,
  left: number,
  axisWidth: number,
  width: number,
  y: number,
): string {
  const x = round(left + from * axisWidth);
  const end = round(left + to * axisWidth + (isOpen ? EDGE - 6 : 0));
  const bar = `<rect x="${x}" y="${y}" width="${Math.max(1, round(end - x))}" height="7"/>`;
  const tip = isOpen
    ? `<path d="M${end} ${y - 3}l6 6.5l-6 6.5z"/>`
    : `<line x1="${end}" y1="${y - 3}" x2="${end}" y2="${y + 10}"/>`;
  const length = says.length * CHARACTER;
  const label =
    x + length > width ? text(says, width - 4, y + 20, 'label', 'end') : text(says, x, y + 20, 'label', 'start');
  return `<g class="wait${isKnown ? '' : ' faint'}">${bar}${tip}</g>${label}`;
}

/** A curve from the known answer to the request that ignored it. */
function drawLink(known: Spot | undefined, accused: Spot | undefined): string {
  if (!known || !accused) return '';
  const [x1, y1, x2, y2] = [known.x, known.y - 8, accused.x, accused.y - 14];
  const rise = Math.min(ARC - 8, 18 + Math.abs(x2 - x1) / 12);
  const peak = Math.min(y1, y2) - rise;
  const curve = `M${x1} ${y1}C${x1} ${round(peak)} ${x2} ${round(peak)} ${x2} ${y2}`;
  return `<g class="link"><path class="curve" d="${curve}"/><path class="tip" d="M${x2} ${y2 + 5}l-4.5 -8h9z"/></g>`;
}

/** The anchor with which a label does not leave the drawing. */
function axisAnchor(x: number, label: string, width: number): 'start' | 'middle' | 'end' {
  const half = (label.length * CHARACTER) / 2;
  if (x - half < 0) return 'start';
  return x + half > width ? 'end' : 'middle';
}

function text(
  content: string,
  x: number,
  y: number,
  className: string,
  anchor: 'start' | 'middle' | 'end',
  full = content,
): string {
  const whole = full === content ? '' : `<title>${escapeXml(full)}</title>`;
  return `<text class="${className}" x="${x}" y="${y}" text-anchor="${anchor}">${whole}${escapeXml(content)}</text>`;
}

/** Cuts a text in its middle. */
function shorten(content: string, most: number): string {
  const characters = [...content];
  if (characters.length <= most) return content;
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - half).join('')}…${characters.slice(characters.length - half).join('')}`;
}

/** `1,240`. */
function group(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
