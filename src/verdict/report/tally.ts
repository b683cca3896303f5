/**
 * The findings of one check so far: incidents grouped by caller, with the most serious incident of each caller and the requests that show them. The memory per
 * caller is bounded, whatever the number of incidents.
 * @module
 */
import { answeredAt, type Call, NO_CREDENTIAL } from '../calls/call.js';
import type { Check, Incident, IncidentEvidence } from '../check.js';
import type { ReportedCall, Severity } from './report.js';

/** The maximum number of request ids in a finding. */
export const MAX_ENTRIES = 20;
/** The maximum number of calls that a finding describes in detail. */
const MAX_CALLS = 5;

/** The incidents of one caller. */
export interface Tallied {
  /** The caller as reports display it: `key klinky_live_…bbbb`, or `without a credential`. */
  readonly caller: string;
  /** Sentence of the most serious incident, with the caller and the number of times. */
  readonly says: string;
  /** Number of incidents. */
  readonly times: number;
  /** Ids of up to `MAX_ENTRIES` journal entries, in order of arrival. */
  readonly entries: readonly string[];
  /** Number of further entries. */
  readonly entriesOmitted: number;
  /** The calls of the most serious incident; at most `MAX_CALLS`. */
  readonly calls: readonly ReportedCall[];
  /** The client's `User-Agent`, if it sent one. */
  readonly userAgent: string | undefined;
  /** The severity of the incidents if it is lower than the check's severity. */
  readonly loweredSeverity: Severity | undefined;
}

/** The incidents of one caller and kind, while they are counted. */
interface Group {
  readonly callerName: string;
  says: string;
  weight: number;
  times: number;
  /** Number and id of the first `MAX_ENTRIES` calls. */
  listed: Map<number, string>;
  entries: number;
  /** The largest call number so far. */
  newest: number;
  calls: readonly ReportedCall[];
  userAgent: string | undefined;
  readonly loweredSeverity: Severity | undefined;
}

/** Selects the calls to count. A run may be judged in pieces; each call is counted in exactly one piece. */
export type IsCounted = (call: Call) => boolean;

/** Counts the incidents of one check. */
export class FindingTally {
  /** The number of calls that could have broken the rule. */
  judged = 0;
  readonly #found = new Map<string, Group>();
  readonly #undecided = new Map<string, Group>();

  /** Adds the result of a check. Only incidents whose last call is counted are added. */
  add({ judged, incidents, undecided = [] }: IncidentEvidence, isCounted: IsCounted): void {
    this.judged += judged;
    for (const incident of incidents) if (isCounted(incident.call)) count(this.#found, incident);
    for (const incident of undecided) if (isCounted(incident.call)) count(this.#undecided, incident);
  }

  /** Returns one finding per caller and kind, in order of first occurrence. */
  found(check: Check): Tallied[] {
    return [...this.#found.values()].map((group) => tallied(group, check));
  }

  /** Returns the undecided cases, grouped like findings. */
  undecided(check: Check): Tallied[] {
    return [...this.#undecided.values()].map((group) => tallied(group, check));
  }

  /** Returns an independent copy. */
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
    // Incidents come in order of arrival and may share calls. A call that is not new must not count twice.
    if (group.listed.has(number) || (!isListed && number <= group.newest)) continue;
    group.entries += 1;
    group.newest = Math.max(group.newest, number);
    if (isListed) group.listed.set(number, entry.id);
  }
}

function tallied(
  { callerName, says, times, listed, entries, calls, userAgent, loweredSeverity }: Group,
  { total, suffix = defaultSuffix }: Check,
): Tallied {
  const ids = [...listed].sort(([a], [b]) => a - b).map(([, id]) => id);
  const by = callerName === '' ? '' : `, ${callerName}`;
  return {
    caller: callerName.replace(/^on /, ''),
    says: `${says}${by}${total?.(times) ?? (times === 1 ? '' : suffix(times))}`,
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

/** `on key klinky_live_…bbbb`, or `without a credential`. */
function callerPhrase({ callerName }: Call): string {
  return callerName === NO_CREDENTIAL ? 'without a credential' : `on ${callerName}`;
}

function reportedCalls({ call, relatedCalls: others = [], knownAnswer }: Incident): ReportedCall[] {
  const all = [...new Set([...others, call])].sort((a, b) => a.number - b.number);
  return all.slice(-MAX_CALLS).map((reported) => {
    const known = reported === call ? knownAnswer : undefined;
    return {
      id: reported.entry.id,
      at: reported.entry.at,
      connection: reported.entry.peer?.connection,
      pid: reported.entry.peer?.opener?.pid,
      knew: known && describeKnownAnswer(reported, known),
      knownAnswer: known?.entry.id,
    };
  });
}

function describeKnownAnswer({ entry: { peer, beganAt, at } }: Call, answer: Call): string {
  const end = describeEnd(answer);
  const description = end ?? `the answer to request ${answer.entry.id}`;
  const other = answer.entry.peer;
  if (!peer || !other) return description;
  if (peer.connection === other.connection) return end ?? `${description}, received on the same connection`;
  // With a frozen clock, only the real time is known. It differs from run to run, so it is omitted.
  const before = answer.entry.answeredAt === null ? '' : ` ${Math.round(at - answeredAt(answer))} ms before`;
  if (beganAt < (answer.entry.leftAt ?? 0)) return description;
  return end === undefined
    ? `${description}, which had left${before} on connection ${other.connection}`
    : `${end}${before}`;
}

/** How a request ended that got no complete answer; `undefined` if it got one. */
function describeEnd({ entry: { id, status, broken } }: Call): string | undefined {
  const end = `the end of request ${id}, whose connection`;
  if (broken === 'gone') return `${end} it closed itself`;
  if (broken === 'left') return `${end} it closed itself amid the answer`;
  if (broken === 'cut') return `${end} was closed amid the answer`;
  return broken === 'dropped' || status === 0 ? `${end} was closed without an answer` : undefined;
}
