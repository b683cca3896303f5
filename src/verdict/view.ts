/**
 * The journal as a judge looks at it: calls in the order in which they set out, who made them, which repeat which, and what their clients can have known.
 * @module
 */

import type { JournalDecision, JournalEntry } from '../state/journal.js';
import { listIn } from './group.js';

export interface Call {
  readonly entry: JournalEntry;
  /** Rises with arrival. */
  readonly number: number;
  /** Who made it, to be compared; told apart by a hash of the credential. */
  readonly caller: string;
  /** The same for people: `key klinky_live_…bbbb`. */
  readonly who: string;
  /** Whom the caller belongs to; empty where nobody knows. */
  readonly account: string;
  /** Equal for requests that are alike: the same caller, method, path, query and body. */
  readonly same: string;
  readonly outcome: 'succeeded' | 'rejected' | 'refused' | 'failed';
  /** The call without success that this one repeats. */
  repeats: Call | undefined;
  repeatedBy: Call | undefined;
}

export interface View {
  readonly calls: readonly Call[];
  /** Nobody will call any more: what has not been repeated by now never will be. */
  readonly ended: boolean;
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
}

export interface Subject {
  /** The caller fact that holds a credential, by kind. */
  readonly credentialFacts: Readonly<Record<string, string>>;
  /** The caller fact that names its account. */
  readonly accountFact: string;
}

/** Timers may fire a little early by the machine's clock; whoever is off by no more, and is not refused for it, was on time. */
export const TIMER_TOLERANCE_MS = 5;

export function createView(entries: readonly JournalEntry[], subject: Subject, now: number, ended: boolean): View {
  const calls = entries
    .map((entry): Call => {
      const { who, caller } = callerOf(entry, subject);
      const same = JSON.stringify([caller, entry.method, entry.path, entry.bodyHash]);
      const number = Number(/\d+$/.exec(entry.id)?.[0] ?? 0);
      const account = entry.caller?.[subject.accountFact] ?? '';
      return {
        entry,
        number,
        caller,
        who,
        account,
        same,
        outcome: outcomeOf(entry),
        repeats: undefined,
        repeatedBy: undefined,
      };
    })
    .sort((a, b) => a.number - b.number);
  linkRepeats(calls);
  return { calls, now, ended };
}

function callerOf({ caller, keyHash, operation }: JournalEntry, { credentialFacts }: Subject) {
  const fact = caller && credentialFacts[caller['kind']!];
  const shown = fact === undefined ? undefined : caller![fact];
  if (fact !== undefined && shown !== undefined) return { who: `${fact} ${shown}`, caller: keyHash ?? shown };
  if (keyHash !== undefined) return { who: 'a credential that was not accepted', caller: keyHash };
  return { who: operation === undefined ? 'nobody' : 'no credential', caller: '' };
}

function outcomeOf({ status, admitted }: JournalEntry): Call['outcome'] {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500) return 'failed';
  return status >= 400 ? 'rejected' : 'succeeded';
}

/** A call repeats the newest like it that came to nothing, that its client knows of, and that no other repeats. */
function linkRepeats(calls: readonly Call[]): void {
  const open = new Map<string, Call[]>();
  for (const call of calls) {
    const candidates = listIn(open, call.same);
    const at = candidates.findLastIndex((earlier) => knows(call, earlier));
    if (at >= 0) {
      const earlier = candidates.splice(at, 1)[0]!;
      earlier.repeatedBy = call;
      call.repeats = earlier;
    }
    if (call.outcome === 'refused' || call.outcome === 'failed') candidates.push(call);
  }
}

/** Whether the later call set out after the answer to the earlier one had been handed over. */
export function knows(later: Call, earlier: Call): boolean {
  const { leftAt } = earlier.entry;
  return leftAt !== null && leftAt <= later.entry.beganAt;
}

/** Milliseconds from the answer to the call after it, by the clock of the sandbox; below 0 where that was set back. */
export function waited(later: Call, earlier: Call): number {
  return later.entry.at - earlier.entry.sentAt;
}

/** Until when the answer told to wait, epoch ms. */
export function toldUntil({ entry: { sentAt, retryAfter } }: Call): number | undefined {
  return retryAfter === undefined ? undefined : sentAt + retryAfter * 1_000;
}

/** What the policy that refused it said. */
export function refusing({ entry: { decisions, refusedBy } }: Call): JournalDecision | undefined {
  return refusedBy === undefined ? undefined : decisions.find(({ policy }) => policy === refusedBy);
}

/** The call and all that it repeats, the first first. */
export function attempts(last: Call): readonly Call[] {
  const chain: Call[] = [];
  for (let call: Call | undefined = last; call; call = call.repeats) chain.unshift(call);
  return chain;
}

/** Every run of calls of which each repeats the one before, from its first to its last. */
export function chains({ calls }: View): readonly (readonly Call[])[] {
  return calls.filter((call) => !call.repeatedBy && call.repeats).map(attempts);
}

/** The buckets that a call takes units from. */
export function takenFrom({ entry: { decisions } }: Call): readonly JournalDecision[] {
  return decisions.filter(({ cost }) => cost > 0);
}

/** Newest first, of the calls before this one those that its client knows of: as a rule the first one or two. */
export function* known(call: Call, earlier: readonly Call[]): Generator<Call> {
  for (let i = earlier.length - 1; i >= 0; i--) if (knows(call, earlier[i]!)) yield earlier[i]!;
}
