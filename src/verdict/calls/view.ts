/**
 * The journal in the form that checks use: calls in order of arrival, with their callers, their retries, and the order of requests and responses.
 * @module
 */
import type { Policy } from '../../limits/policy.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import { burstsOf } from '../knowledge/bursts.js';
import { programsOf } from '../knowledge/programs.js';
import { type Step, timelineOf } from '../knowledge/timeline.js';
import { runAll } from '../steps.js';
import { withAbandonedEnds } from './abandoned.js';
import { attempts, type Call, NO_CREDENTIAL } from './call.js';
import { linkRepeats } from './repeats.js';

/** All calls to one provider, with derived facts. */
export interface View {
  /** In order of arrival. Contains only calls that have a response. */
  readonly calls: readonly Call[];
  /** Two steps for each call, one for its arrival and one for its response, in order of time. */
  readonly timeline: readonly Step[];
  /** Calls that have no response yet. `calls` does not contain them. */
  readonly pending: readonly Call[];
  /** Whether the run has ended. After that, a call without a retry will never be retried. */
  readonly ended: boolean;
  /** Epoch ms by the sandbox's clock. */
  readonly now: number;
  /** Whether the journal has lost its beginning, so that calls before the first one are unknown. */
  readonly truncated: boolean;
  /** The provider's policies by id. */
  readonly policies: ReadonlyMap<string, Policy>;
}

/** The circumstances in which a journal is judged. */
export interface ViewContext {
  /** Epoch ms by the sandbox's clock. */
  readonly now: number;
  /** Whether the run has ended. After that, a call without a retry will never be retried. */
  readonly ended: boolean;
  /** The number of requests that the journal evicted before they were judged. */
  readonly lost: number;
  /** Whether earlier requests have already been judged and are not among the entries. */
  readonly continued?: boolean | undefined;
  /** Requests that have no response yet; none by default. */
  readonly pending?: readonly JournalEntry[] | undefined;
}

/** What the judge needs to know of a provider. */
export interface ProviderFacts {
  /** The provider's policies by id. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** For each kind of caller, the caller fact that holds the credential. */
  readonly credentialFacts: Readonly<Record<string, string>>;
  /** The caller fact that names the account. */
  readonly accountFact: string;
  /** The query parameters that the OpenAPI document declares for an operation; `undefined` if there is no such operation. */
  queryOf(operation: string): ReadonlySet<string> | undefined;
  /**
   * The value of the last path parameter; empty if the path has none.
   * @param path without query
   */
  resourceOf(method: string, path: string): string;
}

/**
 * Derives the view from journal entries of one provider.
 * @param entries in any order
 */
export function createView(entries: readonly JournalEntry[], provider: ProviderFacts, context: ViewContext): View {
  return runAll(viewInSteps(entries, provider, context));
}

/** Creates the same view in steps. @param entries must not change until the last step */
export function* viewInSteps(
  entries: readonly JournalEntry[],
  provider: ProviderFacts,
  context: ViewContext,
): Generator<void, View> {
  const { now, ended, lost, continued = false, pending = [] } = context;
  const programs = programsOf([...entries, ...pending]);
  yield;
  const attribute = (some: readonly JournalEntry[]) => {
    const ended = withAbandonedEnds(some, programs);
    return some.map(
      (given, i): AttributedEntry => ({
        entry: ended[i]!,
        program: programs.get(given)!,
        ...callerOf(given, provider),
      }),
    );
  };
  const inOrder = attribute(entries).sort((a, b) => numberOf(a.entry) - numberOf(b.entry));
  yield;
  const concurrent = overlapping(inOrder, ({ program }) => program);
  const pipelined = overlapping(inOrder, ({ entry }) => entry.peer?.connection);
  const firstOnConnection = firstOf(inOrder);
  yield;
  const bursts = burstsOf([...inOrder, ...attribute(pending)]);
  const previousAnswers = answersBefore(inOrder);
  yield;
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
  yield;
  const timeline = timelineOf(calls);
  yield;
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

/** The number of an entry, from its id. Increases with arrival. */
export function numberOf({ id }: JournalEntry): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

/** An entry with its program and its caller. */
interface AttributedEntry {
  readonly entry: JournalEntry;
  readonly program: string;
  readonly caller: string;
  readonly callerName: string;
}

/**
 * The first request of each connection.
 * @param all in order of arrival
 */
function firstOf(all: readonly AttributedEntry[]): ReadonlySet<JournalEntry> {
  const first = new Map<number, JournalEntry>();
  for (const { entry } of all) {
    const connection = entry.peer?.connection;
    if (connection !== undefined && !first.has(connection)) first.set(connection, entry);
  }
  return new Set(first.values());
}

/**
 * For each request, the time when the previous response on its connection was sent, if that was before the request arrived; real epoch ms.
 * @param all in order of arrival
 */
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

/** The keys that had two requests in flight at once. */
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
 * The keys of the requests. Equal requests have equal keys.
 *
 * A client may put a new value into each attempt, so undocumented query parameters and timestamps in the body do not normally distinguish requests. If such a
 * value occurs twice, it identifies the request, and the exact path and body are part of the key.
 */
function requestKeysOf(all: readonly AttributedEntry[], provider: ProviderFacts): readonly string[] {
  const loose = all.map(({ entry, program, caller }) =>
    JSON.stringify([program, caller, entry.method, targetOf(entry, provider), entry.bodyShape ?? entry.bodyHash]),
  );
  // A masked path may hide a difference. Its hash shows it.
  const exact = all.map(({ entry: { path, pathHash, bodyHash } }, i) => `${loose[i]} ${pathHash ?? path} ${bodyHash}`);
  const seen = new Set<string>();
  const stable = new Set<string>();
  for (const [i, name] of exact.entries()) {
    if (seen.has(name)) stable.add(loose[i]!);
    seen.add(name);
  }
  return loose.map((name, i) => (stable.has(name) ? exact[i]! : name));
}

/** The path with only the documented query parameters, sorted. */
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

/** The name of a query parameter. `tags[]=a` and `filter[name]=a` belong to the parameters `tags` and `filter`. */
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
  // If the provider distinguishes callers by IP address, the verdict does too.
  const ip = decisions.find(({ partition }) => partition['ip'] !== undefined)?.partition['ip'];
  return ip === undefined ? { callerName: NO_CREDENTIAL, caller: '' } : { callerName: `ip ${ip}`, caller: `ip ${ip}` };
}

function outcomeOf({ status, admitted, broken }: JournalEntry): Call['outcome'] {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500) return 'failed';
  if (status >= 400) return 'rejected';
  // The request succeeded, but its client did not receive the whole response.
  return broken === 'cut' ? 'failed' : 'succeeded';
}

/** All retry sequences, each from the first attempt to the last. Requests without a retry are omitted. */
export function chains({ calls }: View): readonly (readonly Call[])[] {
  return calls.filter((call) => !call.repeatedBy && call.repeats).map(attempts);
}
