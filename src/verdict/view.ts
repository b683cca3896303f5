/**
 * The journal as a judge looks at it: calls in the order in which they arrived, who made them, which repeat which, and what their clients can have known.
 * @module
 */
import type { Policy } from '../limits/policy.js';
import type { JournalEntry } from '../state/journal.js';
import { attempts, type Call, NO_CREDENTIAL } from './call.js';
import { programsOf } from './programs.js';
import { linkRepeats } from './repeats.js';
import { type Step, timelineOf } from './timeline.js';

export interface View {
  /** In the order of arrival. */
  readonly calls: readonly Call[];
  /** Each call twice, as it arrived and as its answer left, in the order of these events. */
  readonly timeline: readonly Step[];
  /** Calls that have no answer yet; they are not among the others. */
  readonly waiting: readonly Call[];
  /** Nobody will call any more: what has not been repeated by now never will be. */
  readonly ended: boolean;
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
  /** The journal no longer has its beginning: what comes first in it may have been preceded by more of the same. */
  readonly truncated: boolean;
  readonly policies: ReadonlyMap<string, Policy>;
}

export interface Moment {
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
  /** Nobody will call any more, so what has not been asked again never will be. */
  readonly ended: boolean;
  /** Requests that left the journal before they were judged. */
  readonly lost: number;
  /** Whether earlier requests have been judged already, and are not among the entries. */
  readonly continued?: boolean | undefined;
  /** Requests that have no answer yet; none when left out. */
  readonly waiting?: readonly JournalEntry[] | undefined;
}

export interface Subject {
  readonly policies: ReadonlyMap<string, Policy>;
  /** The caller fact that holds a credential, by kind. */
  readonly credentialFacts: Readonly<Record<string, string>>;
  /** The caller fact that names its account. */
  readonly accountFact: string;
  /** The query parameters that the document gives an operation; `undefined`: there is no such operation. */
  queryOf(operation: string): ReadonlySet<string> | undefined;
  /** The value of the last path parameter; empty where the path has none. @param path without query */
  resourceOf(method: string, path: string): string;
}

export function createView(entries: readonly JournalEntry[], subject: Subject, moment: Moment): View {
  const { now, ended, lost, continued = false, waiting = [] } = moment;
  const programs = programsOf([...entries, ...waiting]);
  const callsOf = (some: readonly JournalEntry[]) => some.map((entry) => callOf(entry, programs.get(entry)!, subject));
  const calls = callsOf(entries).sort((a, b) => a.number - b.number);
  const timeline = timelineOf(calls);
  linkRepeats(timeline);
  return {
    calls,
    timeline,
    waiting: callsOf(waiting),
    ended,
    now,
    truncated: lost > 0 || continued,
    policies: subject.policies,
  };
}

function callOf(entry: JournalEntry, program: string, subject: Subject): Call {
  const { who, caller } = callerOf(entry, subject);
  const { method, path, bodyHash, bodyShape } = entry;
  const target = targetOf(entry, subject);
  return {
    entry,
    number: Number(/\d+$/.exec(entry.id)?.[0] ?? 0),
    caller,
    who,
    account: entry.caller?.[subject.accountFact] ?? '',
    program,
    same: JSON.stringify([program, caller, method, target, bodyShape ?? bodyHash]),
    resource: subject.resourceOf(method, path.split('?', 1)[0]!),
    outcome: outcomeOf(entry),
    repeats: undefined,
    repeatedBy: undefined,
    failedBefore: undefined,
  };
}

/** The path with the parameters that mean something: one that the document does not have makes no other request, whatever its value. */
function targetOf({ path, operation }: JournalEntry, subject: Subject): string {
  const start = path.indexOf('?');
  const known = operation === undefined ? undefined : subject.queryOf(operation);
  if (start < 0 || !known) return path;
  const query = path
    .slice(start + 1)
    .split('&')
    .filter((pair) => known.has(nameOf(pair)))
    .sort();
  return `${path.slice(0, start)}?${query.join('&')}`;
}

/** `tags[]=a` and `filter[name]=a` belong to the parameters `tags` and `filter`. */
function nameOf(pair: string): string {
  const [name] = pair.split('=', 1);
  try {
    return decodeURIComponent(name!).replace(/\[.*$/, '');
  } catch {
    return name!;
  }
}

function callerOf({ caller, keyHash, decisions }: JournalEntry, { credentialFacts }: Subject) {
  const fact = caller && credentialFacts[caller['kind']!];
  const shown = fact === undefined ? undefined : caller![fact];
  if (fact !== undefined && shown !== undefined) return { who: `${fact} ${shown}`, caller: keyHash ?? shown };
  if (keyHash !== undefined) return { who: 'a credential that was not accepted', caller: keyHash };
  // Where the provider tells callers apart by address, so does the judge.
  const ip = decisions.find(({ partition }) => partition['ip'] !== undefined)?.partition['ip'];
  return ip === undefined ? { who: NO_CREDENTIAL, caller: '' } : { who: `ip ${ip}`, caller: `ip ${ip}` };
}

function outcomeOf({ status, admitted, broken }: JournalEntry): Call['outcome'] {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500) return 'failed';
  if (status >= 400) return 'rejected';
  // Its client has not got the answer, whatever came of the request.
  return broken === 'cut' ? 'failed' : 'succeeded';
}

/** Every series of calls of which each repeats the one before, from its first to its last. */
export function chains({ calls }: View): readonly (readonly Call[])[] {
  return calls.filter((call) => !call.repeatedBy && call.repeats).map(attempts);
}
