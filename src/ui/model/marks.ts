/**
 * Requests as marks of the timeline.
 * @module
 */
import type { JournalEntry } from '../data/types.js';
import { facts } from './format.js';

/** What became of a request. Each kind has a colour and a shape. */
export type Kind = 'admitted' | 'refused' | 'failed' | 'free';

/** All kinds, in the order of the legend. */
export const KINDS: readonly Kind[] = ['admitted', 'refused', 'failed', 'free'];

/** What decides a lane. */
export type LaneBy = 'caller' | 'connection';

/** Kinds that are known. An entry is looked at for each picture, and never changes. */
const kinds = new WeakMap<JournalEntry, Kind>();

/** The kind of a request. Refused: by a policy, or answered 429. Failed: 5xx, or without a whole answer. Free: no policy charged it. */
export function kindOf(entry: JournalEntry): Kind {
  const known = kinds.get(entry);
  if (known !== undefined) return known;
  const kind = judgeKind(entry);
  kinds.set(entry, kind);
  return kind;
}

function judgeKind({ admitted, status, broken, decisions }: JournalEntry): Kind {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500 || broken !== undefined) return 'failed';
  return decisions.some(({ charged }) => charged > 0) ? 'admitted' : 'free';
}

/** The lane of a request. */
export function laneOf(entry: JournalEntry, by: LaneBy): string {
  if (by === 'connection') return entry.peer === undefined ? 'in-process' : `connection ${entry.peer.connection}`;
  const { client, caller } = entry;
  if (client !== undefined) return client;
  if (caller === undefined) return 'no caller';
  const { kind: _kind, ...named } = caller;
  const key = Object.entries(named).find(([name]) => name !== 'ip' && name !== 'plan' && name !== 'account');
  return key === undefined ? facts(named) : key[1];
}

/** The wait that an answer told its client: until the last instant at which it may come back. */
export function toldWait(entry: JournalEntry): { readonly from: number; readonly to: number } | undefined {
  const to = entry.comeBackAt.at(-1);
  if (kindOf(entry) !== 'refused' || to === undefined || to <= entry.sentAt) return undefined;
  return { from: entry.sentAt, to };
}

/** Requests at nearly the same place of a lane, of one kind: they are drawn as one mark. */
export interface Mark {
  readonly lane: number;
  readonly kind: Kind;
  /** Place in pixels: the middle of its requests. */
  readonly x: number;
  /** Oldest first. */
  readonly entries: readonly JournalEntry[];
}

/** A told wait in a lane, in epoch ms. Overlapping ones are one. */
export interface Wait {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/** What the timeline draws. */
export interface Layout {
  readonly lanes: readonly string[];
  /** How many lanes have no room. */
  readonly hiddenLanes: number;
  readonly marks: readonly Mark[];
  readonly waits: readonly Wait[];
}

/** The section of time that is drawn, and its width. */
export interface Range {
  /** Epoch ms by the sandbox's clock. */
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly width: number;
}

/** Marks nearer to each other than this many pixels are one. */
const MARK_PX = 11;

/** Lays the requests out. @param entries in any order @param maxLanes lanes that are drawn: the ones used last @param shown kinds that are drawn */
export function layOut(
  entries: readonly JournalEntry[],
  by: LaneBy,
  { from, to, width }: Range,
  maxLanes: number,
  shown: ReadonlySet<Kind>,
): Layout {
  const byLane = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const wait = toldWait(entry);
    if (entry.at > to || (wait?.to ?? entry.at) < from || !shown.has(kindOf(entry))) continue;
    const lane = laneOf(entry, by);
    const list = byLane.get(lane);
    if (list) list.push(entry);
    else byLane.set(lane, [entry]);
  }
  const names = [...byLane.keys()].sort(compareLanes);
  const lanes = names.slice(0, maxLanes);
  const marks: Mark[] = [];
  const waits: Wait[] = [];
  const scale = width / Math.max(1, to - from);
  for (const [lane, name] of lanes.entries()) {
    const list = byLane.get(name)!.sort((a, b) => a.at - b.at);
    waits.push(...mergedWaits(lane, list));
    for (const kind of KINDS) marks.push(...binned(lane, kind, list, (at) => (at - from) * scale));
  }
  return {
    lanes,
    hiddenLanes: names.length - lanes.length,
    marks: marks.filter(({ x }) => x >= -MARK_PX && x <= width + MARK_PX),
    waits,
  };
}

function compareLanes(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function binned(lane: number, kind: Kind, list: readonly JournalEntry[], place: (at: number) => number): Mark[] {
  const marks: Mark[] = [];
  let bin: JournalEntry[] = [];
  let first = 0;
  const close = () => {
    if (bin.length > 0) marks.push({ lane, kind, x: (first + place(bin.at(-1)!.at)) / 2, entries: bin });
    bin = [];
  };
  for (const entry of list) {
    if (kindOf(entry) !== kind) continue;
    const x = place(entry.at);
    if (bin.length > 0 && x - first >= MARK_PX) close();
    if (bin.length === 0) first = x;
    bin.push(entry);
  }
  close();
  return marks;
}

function mergedWaits(lane: number, list: readonly JournalEntry[]): Wait[] {
  const waits: { lane: number; from: number; to: number }[] = [];
  for (const entry of list) {
    const wait = toldWait(entry);
    if (!wait) continue;
    const last = waits.at(-1);
    if (last && wait.from <= last.to) last.to = Math.max(last.to, wait.to);
    else waits.push({ lane, ...wait });
  }
  return waits;
}

/** The mark at a place of a lane, and else the nearest one within a few pixels. */
export function markAt(marks: readonly Mark[], lane: number, x: number): Mark | undefined {
  let best: Mark | undefined;
  for (const mark of marks) {
    if (mark.lane !== lane || Math.abs(mark.x - x) > MARK_PX) continue;
    if (best === undefined || Math.abs(mark.x - x) < Math.abs(best.x - x)) best = mark;
  }
  return best;
}
