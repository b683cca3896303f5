/**
 * The journal in the form that checks use: calls in the order of arrival, who made them, which repeat which, and when each client can have known an answer.
 * @module
 */
import type { Policy } from '../../limits/policy.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import { burstsOf } from '../knowledge/bursts.js';
import { programsOf } from '../knowledge/programs.js';
import { type Step, timelineOf } from '../knowledge/timeline.js';
import { attempts, type Call, NO_CREDENTIAL } from './call.js';
import { linkRepeats } from './repeats.js';

export interface View {
  /** In the order of arrival. */
  readonly calls: readonly Call[];
  /** Each call twice, as it arrived and as its answer left, in the order of these events. */
  readonly timeline: readonly Step[];
  /** Calls that have no answer yet; they are not among the others. */
  readonly pending: readonly Call[];
  /** No more calls will come: a call that has not been repeated by now never will be. */
  readonly ended: boolean;
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
  /** The journal no longer has its beginning: calls before the first one are not known. */
  readonly truncated: boolean;
  readonly policies: ReadonlyMap<string, Policy>;
}

export interface ViewContext {
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
  /** No more calls will come: a call that has not been repeated by now never will be. */
  readonly ended: boolean;
  /** Requests that left the journal before they were judged. */
  readonly lost: number;
  /** Whether earlier requests have been judged already, and are not among the entries. */
  readonly continued?: boolean | undefined;
  /** Requests that have no answer yet; none when left out. */
  readonly pending?: readonly JournalEntry[] | undefined;
}

export interface ProviderFacts {
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

export function createView(entries: readonly JournalEntry[], provider: ProviderFacts, context: ViewContext): View {
  const { now, ended, lost, continued = false, pending = [] } = context;
  const programs = programsOf([...entries, ...pending]);
  const attribute = (some: readonly JournalEntry[]) =>
    some.map((entry): AttributedEntry => ({ entry, program: programs.get(entry)!, ...callerOf(entry, provider) }));
  const inOrder = attribute(entries).sort((a, b) => numberOf(a.entry) - numberOf(b.entry));
  const concurrent = overlapping(inOrder, ({ program }) => program);
  const pipelined = overlapping(inOrder, ({ entry }) => entry.peer?.connection);
  const firstOnConnection = firstOf(inOrder);
  const bursts = burstsOf([...inOrder, ...attribute(pending)]);
  const previousAnswers = answersBefore(inOrder);
  const callOf = (
    { entry, program, caller, callerName }: AttributedEntry,
    requestKey: string,
    oneAtATime: boolean,
  ): Call => ({
    entry,
    number: numberOf(entry),
    caller,
    callerName,
    account: entry.caller?.[provider.accountFact] ?? '',
    program,
    sequential: !concurrent.has(program),
    pipelined: pipelined.has(entry.peer?.connection),
    opensConnection: firstOnConnection.has(entry),
    followsAnswerAt: previousAnswers.get(entry),
    burstBeganAt: bursts.get(entry)!,
    oneAtATime,
    requestKey,
    resource: provider.resourceOf(entry.method, entry.path.split('?', 1)[0]!),
    outcome: outcomeOf(entry),
    repeats: undefined,
    repeatedBy: undefined,
    failedBefore: undefined,
  });
  const callsOf = (all: readonly AttributedEntry[]) => {
    const keys = requestKeysOf(all, provider);
    const keyOf = new Map(all.map((attributed, i) => [attributed, keys[i]!]));
    const overlappingKeys = overlapping(all, (attributed) => keyOf.get(attributed)!);
    return all.map((attributed, i) => callOf(attributed, keys[i]!, !overlappingKeys.has(keys[i]!)));
  };
  const calls = callsOf(inOrder);
  const timeline = timelineOf(calls);
  linkRepeats(timeline);
  return {
    calls,
    timeline,
    pending: callsOf(attribute(pending)),
    ended,
    now,
    truncated: lost > 0 || continued,
    policies: provider.policies,
  };
}

/** Rises with arrival. */
export function numberOf({ id }: JournalEntry): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

interface AttributedEntry {
  readonly entry: JournalEntry;
  readonly program: string;
  readonly caller: string;
  readonly callerName: string;
}

/** The first request of each connection. @param all in the order of arrival */
function firstOf(all: readonly AttributedEntry[]): ReadonlySet<JournalEntry> {
  const first = new Map<number, JournalEntry>();
  for (const { entry } of all) {
    const connection = entry.peer?.connection;
    if (connection !== undefined && !first.has(connection)) first.set(connection, entry);
  }
  return new Set(first.values());
}

/** When the answer before each request on its connection had left, where that was before it arrived. @param all in the order of arrival */
function answersBefore(all: readonly AttributedEntry[]): ReadonlyMap<JournalEntry, number> {
  const last = new Map<number, JournalEntry>();
  const before = new Map<JournalEntry, number>();
  for (const { entry } of all) {
    const connection = entry.peer?.connection;
    if (connection === undefined) continue;
    const leftAt = last.get(connection)?.leftAt;
    if (leftAt !== undefined && leftAt !== null && leftAt <= entry.beganAt) before.set(entry, leftAt);
    last.set(connection, entry);
  }
  return before;
}

/** The keys of which two requests were under way at once. @param all in the order of arrival */
function overlapping<K>(all: readonly AttributedEntry[], keyOf: (attributed: AttributedEntry) => K): ReadonlySet<K> {
  const until = new Map<K, number>();
  const found = new Set<K>();
  for (const attributed of [...all].sort((a, b) => a.entry.beganAt - b.entry.beganAt)) {
    const key = keyOf(attributed);
    const { beganAt, leftAt } = attributed.entry;
    const last = until.get(key);
    if (last !== undefined && beganAt < last) found.add(key);
    until.set(key, Math.max(last ?? Number.NEGATIVE_INFINITY, leftAt ?? Number.POSITIVE_INFINITY));
  }
  return found;
}

/**
 * The name of what each request asks for. Requests that ask for the same have the same name.
 *
 * A query parameter that the document does not have, or a timestamp in the body, does not make a request different, since a client may put a new one into each try.
 * But where such a value comes a second time, it does tell requests apart.
 */
function requestKeysOf(all: readonly AttributedEntry[], provider: ProviderFacts): readonly string[] {
  const loose = all.map(({ entry, program, caller }) =>
    JSON.stringify([program, caller, entry.method, targetOf(entry, provider), entry.bodyShape ?? entry.bodyHash]),
  );
  // Of a masked path only the hash tells whether it is the same.
  const exact = all.map(({ entry: { path, pathHash, bodyHash } }, i) => `${loose[i]} ${pathHash ?? path} ${bodyHash}`);
  const seen = new Set<string>();
  const stable = new Set<string>();
  for (const [i, name] of exact.entries()) {
    if (seen.has(name)) stable.add(loose[i]!);
    seen.add(name);
  }
  return loose.map((name, i) => (stable.has(name) ? exact[i]! : name));
}

/** The path with those query parameters only that the document has. */
function targetOf({ path, operation }: JournalEntry, provider: ProviderFacts): string {
  const start = path.indexOf('?');
  const known = operation === undefined ? undefined : provider.queryOf(operation);
  if (start < 0 || !known) return path;
  const query = path
    .slice(start + 1)
    .split('&')
    .filter((pair) => known.has(parameterName(pair)))
    .sort();
  return `${path.slice(0, start)}?${query.join('&')}`;
}

/** `tags[]=a` and `filter[name]=a` belong to the parameters `tags` and `filter`. */
function parameterName(pair: string): string {
  const [name] = pair.split('=', 1);
  try {
    return decodeURIComponent(name!).replace(/\[.*$/, '');
  } catch {
    return name!;
  }
}

function callerOf({ caller, keyHash, decisions }: JournalEntry, { credentialFacts }: ProviderFacts) {
  const fact = caller && credentialFacts[caller['kind']!];
  const maskedFact = fact === undefined ? undefined : caller![fact];
  if (fact !== undefined && maskedFact !== undefined)
    return { callerName: `${fact} ${maskedFact}`, caller: keyHash ?? maskedFact };
  if (keyHash !== undefined) return { callerName: 'a credential that was not accepted', caller: keyHash };
  // Where the provider tells callers apart by address, the verdict does so as well.
  const ip = decisions.find(({ partition }) => partition['ip'] !== undefined)?.partition['ip'];
  return ip === undefined ? { callerName: NO_CREDENTIAL, caller: '' } : { callerName: `ip ${ip}`, caller: `ip ${ip}` };
}

function outcomeOf({ status, admitted, broken }: JournalEntry): Call['outcome'] {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500) return 'failed';
  if (status >= 400) return 'rejected';
  // Its client did not get the whole answer, although the request succeeded.
  return broken === 'cut' ? 'failed' : 'succeeded';
}

/** Every series of calls of which each repeats the one before, from its first to its last. */
export function chains({ calls }: View): readonly (readonly Call[])[] {
  return calls.filter((call) => !call.repeatedBy && call.repeats).map(attempts);
}
