/**
 * Draws the lanes of the timeline on a canvas. A chart library for series has no lanes, and a document node per request would be too slow.
 * @module
 */
import type { Kind, Layout, Mark } from '../model/marks.js';
import { tickLabel, ticksOf, type View } from '../model/view.js';

/** Height of a lane, and of the time axis above the lanes, in pixels. */
export const LANE_PX = 38;
/** Height of the time axis, in pixels. */
export const AXIS_PX = 22;

/** Colours, taken from the style sheet. */
export interface Colours extends Readonly<Record<Kind, string>> {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly band: string;
  readonly surface: string;
}

/** What is drawn. */
export interface Drawing {
  readonly layout: Layout;
  readonly view: View;
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Epoch ms. */
  readonly now: number;
  readonly colours: Colours;
  readonly selected: Mark | undefined;
  readonly highlighted: ReadonlySet<string>;
}

/** Reads the colours of the theme in use. The browser computes styles for it, so this is not for every frame. */
export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    admitted: read('--admitted'),
    refused: read('--refused'),
    failed: read('--failed'),
    free: read('--free'),
    text: read('--text'),
    muted: read('--muted'),
    line: read('--line'),
    band: read('--band'),
    surface: read('--surface'),
  };
}

/** Where the marks of a kind lie in their lane: what got through above, what did not below. */
export function rowOf(kind: Kind): number {
  return kind === 'admitted' || kind === 'free' ? 12 : 27;
}

/** Draws everything anew. */
export function draw(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const { width, height, layout, view, colours, now } = drawing;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const place = (at: number) => ((at - view.from) / (view.to - view.from)) * width;

  for (let lane = 0; lane < layout.lanes.length; lane += 2) {
    context.fillStyle = colours.band;
    context.fillRect(0, AXIS_PX + lane * LANE_PX, width, LANE_PX);
  }
  drawAxis(context, drawing, place);
  drawWaits(context, drawing, place);
  const nowAt = place(now);
  if (nowAt >= 0 && nowAt <= width) {
    context.strokeStyle = colours.muted;
    context.setLineDash([2, 3]);
    line(context, nowAt, AXIS_PX - 4, nowAt, height);
    context.setLineDash([]);
  }
  drawJoins(context, drawing);
  drawMarks(context, drawing);
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { view, width, height, colours }: Drawing,
  place: (at: number) => number,
) {
  const { step, at } = ticksOf(view, width / 96);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  for (const tick of at) {
    const x = Math.round(place(tick)) + 0.5;
    line(context, x, AXIS_PX, x, height);
    const label = tickLabel(tick, step);
    const half = context.measureText(label).width / 2;
    context.fillStyle = colours.muted;
    context.fillText(label, Math.min(width - half, Math.max(half, x)), AXIS_PX / 2);
  }
}

function drawWaits(
  context: CanvasRenderingContext2D,
  { layout, width, colours }: Drawing,
  place: (at: number) => number,
) {
  context.fillStyle = colours.refused;
  context.strokeStyle = colours.refused;
  context.lineWidth = 1.5;
  for (const { lane, from, to } of layout.waits) {
    const y = AXIS_PX + lane * LANE_PX + rowOf('refused');
    const left = Math.max(-2, place(from));
    const right = Math.min(width + 2, place(to));
    if (right <= left) continue;
    context.globalAlpha = 0.2;
    context.fillRect(left, y - 5, right - left, 10);
    context.globalAlpha = 1;
    // The end of the wait: from here on its client may come back.
    if (place(to) <= width) line(context, right, y - 7, right, y + 7);
  }
}

/** Joins the highlighted requests of a lane in the order of time. */
function drawJoins(context: CanvasRenderingContext2D, { layout, colours, highlighted }: Drawing) {
  if (highlighted.size === 0) return;
  context.strokeStyle = colours.text;
  context.lineWidth = 1;
  for (let lane = 0; lane < layout.lanes.length; lane++) {
    const marks = layout.marks
      .filter((mark) => mark.lane === lane && isHighlighted(mark, highlighted))
      .sort((a, b) => a.x - b.x);
    context.beginPath();
    for (const [i, mark] of marks.entries()) {
      const y = AXIS_PX + lane * LANE_PX + rowOf(mark.kind);
      if (i === 0) context.moveTo(mark.x, y);
      else context.lineTo(mark.x, y);
    }
    context.stroke();
  }
}

function isHighlighted({ entries }: Mark, highlighted: ReadonlySet<string>): boolean {
  return highlighted.size > 0 && entries.some(({ id }) => highlighted.has(id));
}

function drawMarks(context: CanvasRenderingContext2D, { layout, colours, selected, highlighted }: Drawing) {
  context.font = '600 10px system-ui, sans-serif';
  context.textAlign = 'left';
  const next = nextMarks(layout.marks);
  for (const mark of layout.marks) {
    const { lane, kind, x, entries } = mark;
    const y = AXIS_PX + lane * LANE_PX + rowOf(kind);
    const size = 4 + Math.min(2.5, Math.log10(entries.length) * 1.6);
    shape(context, kind, x, y, size, colours);
    const isSelected =
      selected !== undefined && selected.lane === lane && selected.kind === kind && selected.entries[0] === entries[0];
    if (isSelected || isHighlighted(mark, highlighted)) {
      context.strokeStyle = colours.text;
      context.lineWidth = isSelected ? 2 : 1.5;
      context.beginPath();
      context.arc(x, y, size + 4, 0, Math.PI * 2);
      context.stroke();
    }
    if (entries.length < 2) continue;
    const label = String(entries.length);
    if ((next.get(mark) ?? Number.POSITIVE_INFINITY) - x < size + 8 + context.measureText(label).width) continue;
    context.fillStyle = colours.muted;
    context.fillText(label, x + size + 4, y);
  }
}

/** The place of the next mark in the same row of the same lane. */
function nextMarks(marks: readonly Mark[]): Map<Mark, number> {
  const next = new Map<Mark, number>();
  const rows = new Map<number, Mark[]>();
  for (const mark of marks) {
    const row = mark.lane * 100 + rowOf(mark.kind);
    const list = rows.get(row);
    if (list) list.push(mark);
    else rows.set(row, [mark]);
  }
  for (const row of rows.values()) {
    row.sort((a, b) => a.x - b.x);
    row.forEach((mark, i) => {
      const after = row[i + 1];
      if (after) next.set(mark, after.x - 6);
    });
  }
  return next;
}

function shape(
  context: CanvasRenderingContext2D,
  kind: Kind,
  x: number,
  y: number,
  size: number,
  colours: Colours,
): void {
  context.fillStyle = colours[kind];
  context.strokeStyle = colours[kind];
  context.lineWidth = 2;
  context.beginPath();
  if (kind === 'refused') {
    const r = size + 1.5;
    context.moveTo(x, y - r);
    context.lineTo(x + r, y);
    context.lineTo(x, y + r);
    context.lineTo(x - r, y);
    context.closePath();
    context.fill();
  } else if (kind === 'failed') {
    const r = size;
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
    context.stroke();
  } else {
    context.arc(x, y, size, 0, Math.PI * 2);
    if (kind === 'admitted') context.fill();
    else {
      context.fillStyle = colours.surface;
      context.fill();
      context.lineWidth = 1.5;
      context.stroke();
    }
  }
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
