/**
 * The scene of a finding: the requests that show it, those around them, and the waits that were told, as positions on an axis. Painters turn it into SVG or text.
 * @module
 */
import type { Finding } from '../../report/report.js';
import { count, formatTime, pathOf } from '../../words.js';
import { type Axis, orderAxis, timeAxis } from './axis.js';
import { lanesOf } from './lanes.js';
import { type Drawn, type DrawnRequests, kindOf, type MarkKind, numberOf, toldUntil } from './requests.js';

/** A request in the picture. */
export interface Mark {
  readonly id: string;
  /** Position on the axis, 0 to 1. */
  readonly x: number;
  readonly kind: MarkKind;
  /** `accused`: the request that breaks the rule; `known`: the one whose answer its client knew; `shown`: another one of the finding; `other`: one around them. */
  readonly role: 'accused' | 'known' | 'shown' | 'other';
  /** A line about it. Not escaped. */
  readonly title: string;
}

/** A wait that an answer told. */
export interface Wait {
  /** Positions on the axis, 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** Whether it ends after the axis does. */
  readonly isOpen: boolean;
  /** Length in words: `told to wait 23 s`. */
  readonly says: string;
  /** Whether the accused request's client knew it. */
  readonly isKnown: boolean;
}

/** The requests of one caller or one connection. */
export interface Lane {
  /** Not escaped; credentials are masked. */
  readonly caller: string;
  /** `connection 3`; empty in-process. */
  readonly connection: string;
  /** In order of arrival. */
  readonly marks: readonly Mark[];
  readonly waits: readonly Wait[];
}

/** The scene of a finding. */
export interface Scene {
  readonly axis: Axis;
  /** The lane of the accused request first. */
  readonly lanes: readonly Lane[];
  /** Number of requests in this time that are in no lane. */
  readonly omitted: number;
  /** What can be seen, in a sentence without the final full stop. Not escaped. */
  readonly says: string;
}

/** The most lanes of a picture; further callers share the last one. */
export const MAX_LANES = 6;
/** The most requests of a picture, the ones of the finding included. */
export const MAX_MARKS = 300;
/** On an axis without time, each request has a place of its own. */
const MAX_IN_ORDER = 40;
/** The most waits that a lane shows. */
const MAX_WAITS = 3;
/** The share of the finding's time that the axis shows before and after it. */
const PADDING = 0.2;
/** A told wait is shown whole if it is at most this many times as long as the finding. */
const WHOLE_WAIT = 4;
/** The least time that is shown around a finding of one request. */
const LEAST_MOMENT_MS = 1_000;

/** The scene of a finding; `undefined` if the journal no longer holds its requests. */
export function sceneOf(finding: Finding, requests: DrawnRequests): Scene | undefined {
  const { calls } = finding;
  const shown = calls.flatMap(({ id }) => requests.get(id) ?? []);
  const accused = shown.at(-1);
  if (!accused || accused.id !== calls.at(-1)?.id) return undefined;
  const knownId = calls.at(-1)!.knownAnswer;
  const known = knownId === undefined ? undefined : requests.get(knownId);
  const focus = known && !shown.includes(known) ? [known, ...shown] : shown;
  const roleOf = (request: Drawn): Mark['role'] => {
    if (request === accused) return 'accused';
    if (request === known) return 'known';
    return focus.includes(request) ? 'shown' : 'other';
  };
  const all = requests.around(accused);
  const { axis, inside } = frame(focus, all, known);
  const drawn = nearest(inside, focus, axis.isTime ? MAX_MARKS : MAX_IN_ORDER);
  const ordered = axis.isTime ? axis : orderAxis(drawn.map(({ id }) => id));
  const place = (request: Drawn) => ordered.at(request.at, request.id);
  const { lanes, omitted } = lanesOf(drawn, focus, finding.caller, MAX_LANES);
  return {
    axis: ordered,
    omitted: inside.length - drawn.length + omitted,
    says: sceneInWords(accused, known, inside.length),
    lanes: lanes.map(({ caller, connection, requests: own }) => ({
      caller,
      connection,
      marks: own.map((request) => ({
        id: request.id,
        x: place(request),
        kind: kindOf(request),
        role: roleOf(request),
        title: titleOf(request),
      })),
      waits: waitsOf(own, known, ordered),
    })),
  };
}

/** The axis, and the requests within it. */
function frame(focus: readonly Drawn[], all: readonly Drawn[], known: Drawn | undefined) {
  const first = Math.min(...focus.map(({ at }) => at));
  const last = Math.max(...focus.map(({ at }) => at));
  const until = toldUntil(known ?? focus.at(-1)!) ?? last;
  const span = last - first || momentOf(focus, all, until);
  if (span <= 0) return { axis: orderAxis([]), inside: all.filter(({ at }) => at === first) };
  const isWhole = until > last && until - first <= WHOLE_WAIT * span;
  const padding = Math.max(1, span * PADDING);
  const [from, to] = [first - padding, (isWhole ? until : last) + padding];
  return { axis: timeAxis(from, to, first), inside: all.filter(({ at }) => at >= from && at <= to) };
}

/** The time to show around a single request, in milliseconds; 0 if the clock stood still. */
function momentOf([request, other]: readonly Drawn[], all: readonly Drawn[], until: number): number {
  if (other !== undefined || all.every(({ at }) => at === request!.at)) return 0;
  return Math.max(LEAST_MOMENT_MS, until - request!.at);
}

/** At most `most` requests in order of arrival: those of the finding, and the ones that arrived nearest to them. */
function nearest(inside: readonly Drawn[], focus: readonly Drawn[], most: number): readonly Drawn[] {
  if (inside.length <= most) return inside;
  const numbers = focus.map(numberOf);
  const distance = (request: Drawn) => Math.min(...numbers.map((number) => Math.abs(number - numberOf(request))));
  return inside
    .map((request) => ({ request, far: distance(request) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, Math.max(most, focus.length))
    .map(({ request }) => request)
    .sort((a, b) => numberOf(a) - numberOf(b));
}

/** The wait that the accused client knew, and the last others. Waits that end at the same instant are one. */
function waitsOf(own: readonly Drawn[], known: Drawn | undefined, axis: Axis): Wait[] {
  const told = own.filter((request) => kindOf(request) === 'refused' && (toldUntil(request) ?? 0) > request.sentAt);
  const seen = new Set<number>();
  const distinct = [...told]
    .sort((a, b) => Number(b === known) - Number(a === known))
    .filter((request) => {
      // Refusals of one window tell its end, rounded to seconds.
      const end = Math.round((toldUntil(request) ?? 0) / 1_000);
      if ([end - 1, end, end + 1].some((instant) => seen.has(instant))) return false;
      seen.add(end);
      return true;
    });
  return distinct.slice(0, MAX_WAITS).map((request) => {
    const until = toldUntil(request)!;
    const from = axis.at(request.at, request.id);
    const to = axis.isTime ? axis.at(until, '') : 1;
    return {
      from: Math.min(1, Math.max(0, from)),
      to: Math.min(1, to),
      isOpen: to > 1 || !axis.isTime,
      says: `told to wait ${formatTime(until - request.sentAt)}`,
      isKnown: request === known,
    };
  });
}

function titleOf(request: Drawn): string {
  const { id, method, path, status, refusedBy, sentAt } = request;
  const until = kindOf(request) === 'refused' ? toldUntil(request) : undefined;
  return [
    `request ${id}: ${method} ${pathOf(path)}`,
    status === 0 ? 'no answer' : String(status ?? ''),
    refusedBy === undefined ? '' : `refused by ${refusedBy}`,
    until === undefined ? '' : `told to wait ${formatTime(Math.max(0, until - sentAt))}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function sceneInWords(accused: Drawn, known: Drawn | undefined, inside: number): string {
  const among = `among ${count(inside, 'request')} in this time`;
  if (!known) return `request ${accused.id} ${among}`;
  const until = toldUntil(known);
  const told = until === undefined ? '' : `, which told it to wait ${formatTime(Math.max(0, until - known.sentAt))}`;
  const afterMs = accused.at - (known.answeredAt ?? known.sentAt);
  const after = afterMs > 0 ? ` ${formatTime(afterMs)}` : '';
  return `request ${accused.id} came${after} after the answer to request ${known.id}${told}; ${among}`;
}
