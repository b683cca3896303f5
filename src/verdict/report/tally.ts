/**
 * The findings of one check so far: incidents by caller, with the gravest incident of each and the requests that show them. Its size for each caller is bounded,
 * however many incidents there are.
 * @module
 */
import { answeredAt, type Call, NO_CREDENTIAL } from '../calls/call.js';
import type { Check, Incident, IncidentEvidence } from '../check.js';
import type { ReportedCall, Severity } from './report.js';

/** Most request ids that a finding names. */
export const MAX_ENTRIES = 20;
/** Most calls that a finding shows with their times. */
const MAX_CALLS = 5;

/** One caller's incidents. */
export interface Tallied {
  readonly caller: string;
  readonly says: string;
  readonly times: number;
  readonly entries: readonly string[];
  readonly entriesOmitted: number;
  readonly calls: readonly ReportedCall[];
  /** `User-Agent` of the client, where it sent one. */
  readonly userAgent: string | undefined;
  /** The severity, where it is lower than that of the check. */
  readonly lighter: Severity | undefined;
}

interface Group {
  readonly who: string;
  says: string;
  weight: number;
  times: number;
  /** Numbers and ids of the first `MAX_ENTRIES` calls. */
  shown: Map<number, string>;
  entries: number;
  /** The largest number among them. */
  newest: number;
  calls: readonly ReportedCall[];
  userAgent: string | undefined;
  readonly lighter: Severity | undefined;
}

/** Whether a call is counted. A run may be judged piece by piece: each call is then counted in exactly one of the pieces. */
export type IsCounted = (call: Call) => boolean;

export class FindingTally {
  judged = 0;
  readonly #found = new Map<string, Group>();
  readonly #undecided = new Map<string, Group>();

  /** Adds what a check saw: the incidents whose last call is counted. */
  add({ judged, incidents, undecided = [] }: IncidentEvidence, isCounted: IsCounted): void {
    this.judged += judged;
    for (const incident of incidents) if (isCounted(incident.call)) count(this.#found, incident);
    for (const incident of undecided) if (isCounted(incident.call)) count(this.#undecided, incident);
  }

  /** One finding per caller and kind, in the order in which they were found. */
  found(check: Check): Tallied[] {
    return [...this.#found.values()].map((group) => tallied(group, check));
  }

  undecided(check: Check): Tallied[] {
    return [...this.#undecided.values()].map((group) => tallied(group, check));
  }

  copy(): FindingTally {
    const copy = new FindingTally();
    copy.judged = this.judged;
    for (const [key, group] of this.#found) copy.#found.set(key, { ...group, shown: new Map(group.shown) });
    for (const [key, group] of this.#undecided) copy.#undecided.set(key, { ...group, shown: new Map(group.shown) });
    return copy;
  }
}

function count(groups: Map<string, Group>, incident: Incident): void {
  const { call, says, weight = 0, who = on(call), kind = '' } = incident;
  const key = `${incident.who ?? call.caller} ${kind}`;
  const all = [...(incident.with ?? []), call];
  let group = groups.get(key);
  if (!group) {
    const { userAgent } = call.entry.peer ?? {};
    group = {
      who,
      says,
      weight,
      times: 0,
      shown: new Map(),
      entries: 0,
      newest: 0,
      calls: reportedCalls(incident),
      userAgent,
      lighter: incident.severity,
    };
    groups.set(key, group);
  } else if (weight > group.weight) Object.assign(group, { says, weight, calls: reportedCalls(incident) });
  group.times += 1;
  for (const { number, entry } of all) {
    const isKept = group.shown.size < MAX_ENTRIES;
    // Incidents come in the order of arrival, and share calls.
    if (group.shown.has(number) || (!isKept && number <= group.newest)) continue;
    group.entries += 1;
    group.newest = Math.max(group.newest, number);
    if (isKept) group.shown.set(number, entry.id);
  }
}

function tallied(
  { who, says, times, shown, entries, calls, userAgent, lighter }: Group,
  { ending = usualEnding }: Check,
): Tallied {
  const ids = [...shown].sort(([a], [b]) => a - b).map(([, id]) => id);
  const by = who === '' ? '' : `, ${who}`;
  return {
    caller: who.replace(/^(?:on|without) /, ''),
    says: `${says}${by}${times === 1 ? '' : ending(times)}`,
    times,
    entries: ids,
    entriesOmitted: entries - ids.length,
    calls,
    userAgent,
    lighter,
  };
}

function usualEnding(all: number): string {
  return `, ${all} times`;
}

/** `on key klinky_live_…bbbb`. */
function on({ who }: Call): string {
  return who === NO_CREDENTIAL ? 'without a credential' : `on ${who}`;
}

function reportedCalls({ call, with: others = [], knew }: Incident): ReportedCall[] {
  const all = [...new Set([...others, call])].sort((a, b) => a.number - b.number);
  return all.slice(-MAX_CALLS).map((one) => ({
    id: one.entry.id,
    at: one.entry.at,
    connection: one.entry.peer?.connection,
    pid: one.entry.peer?.opener?.pid,
    knew: one === call && knew ? known(one, knew) : undefined,
  }));
}

function known({ entry: { peer, beganAt, at } }: Call, answer: Call): string {
  const what = `the answer to request ${answer.entry.id}`;
  const other = answer.entry.peer;
  if (!peer || !other) return what;
  if (peer.connection === other.connection) return `${what}, received on the same connection`;
  // With a frozen clock only real times could be shown, which differ from run to run.
  const before = answer.entry.answeredAt === null ? '' : ` ${Math.round(at - answeredAt(answer))} ms before`;
  return beganAt >= (answer.entry.leftAt ?? 0)
    ? `${what}, which had left${before} on connection ${other.connection}`
    : what;
}
