/**
 * Requests as marks of the timeline.
 * @module
 */
import type { JournalEntry } from '../data/types.js';
import { facts } from './format.js';
import { type Named, neededHashes } from './hashes.js';

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

/** A lane of the timeline, with the hash of the credential. */
export type Lane = Named;

/** Facts that callers with different credentials share. */
const GENERAL: ReadonlySet<string> = new Set(['kind', 'plan', 'scope', 'mode', 'account', 'ip']);

/** Lanes that are known: by caller, and by connection. */
const lanes: Readonly<Record<LaneBy, WeakMap<JournalEntry, Lane>>> = {
  caller: new WeakMap(),
  connection: new WeakMap(),
};

/** The lane of a request. */
export function laneOf(entry: JournalEntry, by: LaneBy): Lane {
  const known = lanes[by].get(entry);
  if (known !== undefined) return known;
  const lane = by === 'connection' ? connectionLane(entry) : callerLane(entry);
  lanes[by].set(entry, lane);
  return lane;
}

function connectionLane({ peer }: JournalEntry): Lane {
  const name = peer === undefined ? 'in-process' : `connection ${peer.connection}`;
  return { id: name, name };
}

function callerLane({ client, caller, keyHash: hash }: JournalEntry): Lane {
  if (client !== undefined && client !== '') return { id: `client ${client}`, name: client };
  if (caller === undefined) {
    const name = hash === undefined ? 'no caller' : 'unknown credential';
    return { id: hash ?? '', name, hash };
  }
  const named = Object.entries(caller).filter(([fact]) => !GENERAL.has(fact));
  // The API masks credentials, and nothing else, with this character.
  const credential = named.find(([, value]) => value.includes('…')) ?? named[0];
  const { kind: _kind, ...all } = caller;
  const name = credential === undefined ? facts(all) : credential[1];
  return { id: hash ?? JSON.stringify(caller), name, hash };
}

/** Cuts the hashes of lanes to what is shown, and removes those of lanes whose names are unique. */
export function withNeededHashes(all: readonly Lane[]): Lane[] {
  const needed = neededHashes(all);
  return all.map(({ id, name }) => ({ id, name, hash: needed.get(id) }));
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
  readonly lanes: readonly Lane[];
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
  const byLane = new Map<string, { readonly lane: Lane; readonly list: JournalEntry[] }>();
  for (const entry of entries) {
    const wait = toldWait(entry);
    if (entry.at > to || (wait?.to ?? entry.at) < from || !shown.has(kindOf(entry))) continue;
    const lane = laneOf(entry, by);
    const known = byLane.get(lane.id);
    if (known) known.list.push(entry);
    else byLane.set(lane.id, { lane, list: [entry] });
  }
  const all = withNeededHashes([...byLane.values()].map(({ lane }) => lane)).sort(compareLanes);
  const drawn = all.slice(0, maxLanes);
  const marks: Mark[] = [];
  const waits: Wait[] = [];
  const scale = width / Math.max(1, to - from);
  for (const [lane, { id }] of drawn.entries()) {
    const list = byLane.get(id)!.list.sort((a, b) => a.at - b.at);
    waits.push(...mergedWaits(lane, list));
    for (const kind of KINDS) marks.push(...binned(lane, kind, list, (at) => (at - from) * scale));
  }
  return {
    lanes: drawn,
    hiddenLanes: all.length - drawn.length,
    marks: marks.filter(({ x }) => x >= -MARK_PX && x <= width + MARK_PX),
    waits,
  };
}

/** Made once: `localeCompare` with options makes a collator for each comparison. */
const NAMES = new Intl.Collator('en', { numeric: true });

function compareLanes(a: Lane, b: Lane): number {
  return NAMES.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/** A layout in another section of the same length, as between two renders: only the places of the marks change. @param pixels how far they move to the right */
export function shifted(layout: Layout, pixels: number): Layout {
  return pixels === 0 ? layout : { ...layout, marks: layout.marks.map((mark) => ({ ...mark, x: mark.x + pixels })) };
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
