/**
 * The lanes of a picture: one for each connection or, where there are too many, for each caller.
 * @module
 */
import { count } from '../../words.js';
import type { ReportedRequest } from '../renderer.js';
import type { Drawn } from './requests.js';

/** A lane before its requests have a position. */
export interface LaneRequests {
  readonly caller: string;
  readonly connection: string;
  readonly requests: Drawn[];
}

/** The most requests of the last lane, which all other callers share. */
const MAX_SHARED = 100;

/**
 * Distributes requests to lanes.
 *
 * @param requests in order of arrival
 * @param focus the requests of the finding, the accused one last
 * @param accused the caller as the finding names it: `key klinky_live_…bbbb`
 * @returns at most `most` lanes, those of the finding first, and the number of requests that are in none
 */
export function lanesOf(requests: readonly Drawn[], focus: readonly Drawn[], accused: string, most: number) {
  const byConnection = group(requests, focus, connectionKey);
  const isByCaller = byConnection.length > most;
  const groups = isByCaller ? group(requests, focus, callerKey) : byConnection;
  const nameOf = (request: Drawn) => callerName(request, accused);
  const lanes = groups.map((own): LaneRequests => {
    const connections = new Set(own.map(({ peer }) => peer?.connection));
    const [connection] = connections;
    return {
      caller: nameOf(own[0]!),
      connection:
        connection === undefined
          ? ''
          : connections.size > 1
            ? count(connections.size, 'connection')
            : `connection ${connection}`,
      requests: own,
    };
  });
  if (lanes.length <= most) return { lanes, omitted: 0 };
  const shared = lanes.slice(most - 1);
  const all = shared.flatMap(({ requests: own }) => own).sort((a, b) => a.at - b.at);
  const last = { caller: count(shared.length, 'other caller'), connection: '', requests: all.slice(0, MAX_SHARED) };
  return { lanes: [...lanes.slice(0, most - 1), last], omitted: all.length - last.requests.length };
}

/** Groups by a key; the groups of the finding first, from the accused request backwards, then the larger ones. */
function group(requests: readonly Drawn[], focus: readonly Drawn[], keyOf: (request: Drawn) => string): Drawn[][] {
  const groups = new Map<string, Drawn[]>();
  for (const request of [...focus].reverse()) groups.set(keyOf(request), []);
  const first = groups.size;
  for (const request of requests) {
    const key = keyOf(request);
    const own = groups.get(key);
    if (own) own.push(request);
    else groups.set(key, [request]);
  }
  const all = [...groups.values()].filter((own) => own.length > 0);
  return [...all.slice(0, first), ...all.slice(first).sort((a, b) => b.length - a.length)];
}

function connectionKey(request: Drawn): string {
  return `${callerKey(request)} ${request.peer?.connection ?? ''}`;
}

function callerKey({ keyHash, caller }: Drawn): string {
  return keyHash ?? JSON.stringify(caller ?? {});
}

/** Facts of a caller that do not tell callers of one kind apart. */
const GENERAL = new Set(['kind', 'plan', 'scope']);

/** `key klinky_live_…bbbb`. The finding tells which fact is the credential. */
function callerName({ caller, keyHash }: ReportedRequest, accused: string): string {
  if (!caller) return keyHash === undefined ? 'no credential' : 'a credential that was not accepted';
  const [fact = ''] = accused.split(' ', 1);
  const known = caller[fact];
  if (known !== undefined) return `${fact} ${known}`;
  const other = Object.entries(caller).find(([name]) => !GENERAL.has(name));
  return other ? other.join(' ') : 'no credential';
}
