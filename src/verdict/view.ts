/**
 * The journal as a judge looks at it: calls in the order in which they arrived, who made them, which repeat which, and what their clients can have known.
 * @module
 */
import type { JournalEntry } from '../state/journal.js';
import { attempts, type Call, NO_CREDENTIAL } from './call.js';
import { linkRepeats } from './repeats.js';
import { type Step, timelineOf } from './timeline.js';

export interface View {
  /** In the order of arrival. */
  readonly calls: readonly Call[];
  /** The same twice, as they set out and as they were answered: who goes by it knows at each step what the clients knew. */
  readonly timeline: readonly Step[];
  /** Nobody will call any more: what has not been repeated by now never will be. */
  readonly ended: boolean;
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
  /** The journal no longer has its beginning: what comes first in it may have been preceded by more of the same. */
  readonly beheaded: boolean;
}

export interface Moment {
  /** Epoch ms by the clock of the sandbox. */
  readonly now: number;
  /** Nobody will call any more, so what has not been asked again never will be. */
  readonly ended: boolean;
  /** Requests that the journal no longer has. */
  readonly lost: number;
}

export interface Subject {
  /** The caller fact that holds a credential, by kind. */
  readonly credentialFacts: Readonly<Record<string, string>>;
  /** The caller fact that names its account. */
  readonly accountFact: string;
}

export function createView(entries: readonly JournalEntry[], subject: Subject, { now, ended, lost }: Moment): View {
  const calls = entries
    .map((entry): Call => {
      const { who, caller } = callerOf(entry, subject);
      return {
        entry,
        number: Number(/\d+$/.exec(entry.id)?.[0] ?? 0),
        caller,
        who,
        account: entry.caller?.[subject.accountFact] ?? '',
        same: JSON.stringify([caller, entry.method, entry.pathHash ?? entry.path, entry.bodyHash]),
        outcome: outcomeOf(entry),
        repeats: undefined,
        repeatedBy: undefined,
        failedBefore: undefined,
      };
    })
    .sort((a, b) => a.number - b.number);
  const timeline = timelineOf(calls);
  linkRepeats(timeline);
  return { calls, timeline, ended, now, beheaded: lost > 0 };
}

function callerOf({ caller, keyHash, decisions }: JournalEntry, { credentialFacts }: Subject) {
  const fact = caller && credentialFacts[caller['kind']!];
  const shown = fact === undefined ? undefined : caller![fact];
  if (fact !== undefined && shown !== undefined) return { who: `${fact} ${shown}`, caller: keyHash ?? shown };
  if (keyHash !== undefined) return { who: 'a credential that was not accepted', caller: keyHash };
  // Whom the provider tells apart by address, the judge does too.
  const ip = decisions.find(({ partition }) => partition['ip'] !== undefined)?.partition['ip'];
  return ip === undefined ? { who: NO_CREDENTIAL, caller: '' } : { who: `ip ${ip}`, caller: `ip ${ip}` };
}

function outcomeOf({ status, admitted }: JournalEntry): Call['outcome'] {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500) return 'failed';
  return status >= 400 ? 'rejected' : 'succeeded';
}

/** Every run of calls of which each repeats the one before, from its first to its last. */
export function chains({ calls }: View): readonly (readonly Call[])[] {
  return calls.filter((call) => !call.repeatedBy && call.repeats).map(attempts);
}
