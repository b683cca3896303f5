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
  readonly loweredSeverity: Severity | undefined;
}

interface Group {
  readonly callerName: string;
  says: string;
  weight: number;
  times: number;
  /** Numbers and ids of the first `MAX_ENTRIES` calls. */
  listed: Map<number, string>;
  entries: number;
  /** The largest number among them. */
  newest: number;
  calls: readonly ReportedCall[];
  userAgent: string | undefined;
  readonly loweredSeverity: Severity | undefined;
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
    for (const [key, group] of this.#found) copy.#found.set(key, { ...group, listed: new Map(group.listed) });
    for (const [key, group] of this.#undecided) copy.#undecided.set(key, { ...group, listed: new Map(group.listed) });
    return copy;
  }
}

function count(groups: Map<string, Group>, incident: Incident): void {
  const { call, says, weight = 0, callerName = callerPhrase(call), kind = '' } = incident;
  const key = `${incident.callerName ?? call.caller} ${kind}`;
  const all = [...(incident.relatedCalls ?? []), call];
  let group = groups.get(key);
  if (!group) {
    const { userAgent } = call.entry.peer ?? {};
    group = {
      callerName,
      says,
      weight,
      times: 0,
      listed: new Map(),
      entries: 0,
      newest: 0,
      calls: reportedCalls(incident),
      userAgent,
      loweredSeverity: incident.severity,
    };
    groups.set(key, group);
  } else if (weight > group.weight) Object.assign(group, { says, weight, calls: reportedCalls(incident) });
  group.times += 1;
  for (const { number, entry } of all) {
    const isListed = group.listed.size < MAX_ENTRIES;
    // Incidents come in the order of arrival, and share calls.
    if (group.listed.has(number) || (!isListed && number <= group.newest)) continue;
    group.entries += 1;
    group.newest = Math.max(group.newest, number);
    if (isListed) group.listed.set(number, entry.id);
  }
}

function tallied(
  { callerName, says, times, listed, entries, calls, userAgent, loweredSeverity }: Group,
  { suffix = defaultSuffix }: Check,
): Tallied {
  const ids = [...listed].sort(([a], [b]) => a - b).map(([, id]) => id);
  const by = callerName === '' ? '' : `, ${callerName}`;
  return {
    caller: callerName.replace(/^(?:on|without) /, ''),
    says: `${says}${by}${times === 1 ? '' : suffix(times)}`,
    times,
    entries: ids,
    entriesOmitted: entries - ids.length,
    calls,
    userAgent,
    loweredSeverity,
  };
}

function defaultSuffix(all: number): string {
  return `, ${all} times`;
}

/** `on key klinky_live_…bbbb`. */
function callerPhrase({ callerName }: Call): string {
  return callerName === NO_CREDENTIAL ? 'without a credential' : `on ${callerName}`;
}

function reportedCalls({ call, relatedCalls: others = [], knownAnswer }: Incident): ReportedCall[] {
  const all = [...new Set([...others, call])].sort((a, b) => a.number - b.number);
  return all.slice(-MAX_CALLS).map((reported) => ({
    id: reported.entry.id,
    at: reported.entry.at,
    connection: reported.entry.peer?.connection,
    pid: reported.entry.peer?.opener?.pid,
    knew: reported === call && knownAnswer ? describeKnownAnswer(reported, knownAnswer) : undefined,
  }));
}

function describeKnownAnswer({ entry: { peer, beganAt, at } }: Call, answer: Call): string {
  const description = `the answer to request ${answer.entry.id}`;
  const other = answer.entry.peer;
  if (!peer || !other) return description;
  if (peer.connection === other.connection) return `${description}, received on the same connection`;
  // With a frozen clock only real times could be reported, which differ from run to run.
  const before = answer.entry.answeredAt === null ? '' : ` ${Math.round(at - answeredAt(answer))} ms before`;
  return beganAt >= (answer.entry.leftAt ?? 0)
    ? `${description}, which had left${before} on connection ${other.connection}`
    : description;
}
