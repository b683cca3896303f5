/**
 * Explains in English why a request was admitted or refused, policy by policy, from its journal entry and the profile's rules.
 * @module
 */
import { formatDuration } from '../../limits/duration.js';
import { type Policy, policyInWords } from '../../limits/policy.js';
import { listInWords, whereInWords } from '../../limits/words.js';
import type { Provider } from '../../profile/compiled/provider.js';
import { type Evidence, evidenceInWords, type SourceReference, sourceOf } from '../../profile/explain/evidence.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import { explainDecision, type Part, whyRefused } from './decision.js';

/** The explanation of one policy's decision. */
export interface PolicyExplanation {
  readonly policy: string;
  readonly part: Part;
  readonly text: string;
  /** How the policy counts. */
  readonly rule: string;
  readonly evidence: Evidence;
  /** The page that the evidence refers to. */
  readonly source: SourceReference | null;
}

/** The explanation of a request. */
export interface Explanation {
  readonly request: JournalEntry;
  readonly summary: string;
  /** All policies of the profile, in the order of evaluation. */
  readonly policies: readonly PolicyExplanation[];
  /** The whole explanation as text. */
  readonly text: string;
}

/** Explains a journal entry. @param provider the current edition; the entry may name policies that it no longer has */
export function explainRequest(entry: JournalEntry, provider: Provider): Explanation {
  const summary = summarize(entry, provider);
  const policies = provider.policies.map((policy) => explainPolicy(entry, policy, provider));
  const paragraphs = policies.map(({ policy, text, rule, evidence, source }, i) =>
    [`${i + 1}. ${policy}: ${text}`, `Rule: ${rule}.`, evidenceInWords(evidence, source)].join('\n   '),
  );
  return { request: entry, summary, policies, text: `${[summary, ...paragraphs].join('\n\n')}\n` };
}

function summarize(entry: JournalEntry, provider: Provider): string {
  const { method, path, operation, decisions, refusedBy } = entry;
  const request = `${method} ${path}${operation === undefined ? '' : ` (${operation})`}`;
  const decision = decisions.find(({ policy }) => policy === refusedBy);
  const policy = refusedBy === undefined ? undefined : provider.policy.get(refusedBy);
  if (decision && policy) {
    const why = whyRefused({ entry, decision, policy, provider });
    return `${request} was refused by ${policy.id} and answered ${outcome(entry)}: ${why}${toldInWords(entry)}`;
  }
  if (refusedBy !== undefined) return `${request} was refused by ${refusedBy} and answered ${outcome(entry)}.`;
  const rejected = whyRejected(entry, provider);
  if (rejected !== undefined) return `${request} was answered ${outcome(entry)}: ${rejected}.`;
  const queried = decisions.map((one) => one.policy);
  if (queried.length === 0)
    return `${request} was admitted and answered ${outcome(entry)}: no policy applies to it.${streamInWords(entry)}`;
  const refundedPolicies = decisions.filter(({ refunded }) => refunded > 0).map((one) => one.policy);
  const refunds =
    refundedPolicies.length === 0 ? '' : ` What it took of ${listInWords(refundedPolicies, 'and')} was given back.`;
  return `${request} was admitted and answered ${outcome(entry)}: ${listInWords(queried, 'and')} had room for it.${refunds}${streamInWords(entry)}`;
}

/** How far a streamed body was sent, and how it ended. */
function streamInWords({ streamed, broken, at }: JournalEntry): string {
  if (streamed === undefined) return '';
  const { chunks, bytes, endedAt } = streamed;
  const sent = `${chunks} ${chunks === 1 ? 'chunk' : 'chunks'} (${bytes} bytes)`;
  if (endedAt === null) return ` Its body is being streamed: ${sent} so far.`;
  const after = `${formatDuration(endedAt - at)} after the request came`;
  if (broken === 'left') return ` The client left the stream ${after}, when ${sent} had been sent.`;
  if (broken === 'cut') return ` A fault cut the stream ${after}, when ${sent} had been sent.`;
  return ` Its body was streamed: ${sent}, until ${after}.`;
}

/** When the response told its client to come back: by `Retry-After`, or by other header fields and its body. */
function toldInWords({ retryAfter, comeBackAt, sentAt }: JournalEntry): string {
  if (retryAfter !== undefined) return ` The response said to retry after ${retryAfter} s.`;
  const waits = [...new Set(comeBackAt.map((at) => formatDuration(Math.max(0, Math.ceil(at - sentAt)))))];
  if (waits.length === 0) return ' The response did not say when to retry.';
  return ` The response said to retry in ${listInWords(waits, 'or')}.`;
}

function explainPolicy(entry: JournalEntry, policy: Policy, provider: Provider): PolicyExplanation {
  const { profile } = provider;
  const { evidence } = profile.policies[policy.id]!;
  const decision = entry.decisions.find((one) => one.policy === policy.id);
  const { part, text } = decision
    ? explainDecision({ entry, decision, policy, provider })
    : explainSilence(entry, policy, provider);
  const rule = policyInWords(policy, decision?.limit) ?? 'no limit, unless a plan or an account sets one';
  const { partitionBy } = policy;
  const each = partitionBy.length === 0 ? 'for all together' : `for each ${listInWords(partitionBy, 'and')}`;
  return { policy: policy.id, part, text, rule: `${rule}, ${each}`, evidence, source: sourceOf(evidence, profile) };
}

/** Explains why a policy has no decision on the request. */
function explainSilence(entry: JournalEntry, policy: Policy, provider: Provider): { part: Part; text: string } {
  const why = entry.skipped.find((one) => one.policy === policy.id)?.why;
  if (why === 'applies') {
    const { applies = [] } = provider.profile.policies[policy.id]!;
    return { part: 'not-applicable', text: `It does not apply: it covers every request${whereInWords(applies)}.` };
  }
  if (why === 'no-limit') {
    const text = 'It does not limit this caller: neither the account, nor its plan, nor the policy sets a quota.';
    return { part: 'not-applicable', text };
  }
  if (why === 'no-partition') {
    const by = listInWords(policy.partitionBy, 'and');
    return { part: 'not-applicable', text: `It does not apply: it counts by ${by}, which the request does not have.` };
  }
  return { part: 'not-asked', text: `It was not evaluated: ${whyNotAsked(entry, policy, provider)}.` };
}

function whyNotAsked(entry: JournalEntry, policy: Policy, provider: Provider): string {
  const { refusedBy, caller } = entry;
  if (policy.phase === 'caller') {
    if (refusedBy !== undefined && provider.policy.get(refusedBy)?.phase === 'arrival')
      return `${refusedBy} refused the request before the caller was identified`;
    const rejected = whyRejected(entry, provider);
    if (rejected !== undefined) return rejected;
    if (caller === undefined)
      return 'this request needs no credential, and the policy is evaluated for identified callers only';
  }
  return 'the profile had no such policy when the request came';
}

/** Why the request was rejected before the caller policies were evaluated. */
function whyRejected({ error, caller }: JournalEntry, { profile }: Provider): string | undefined {
  if (error === undefined) return undefined;
  if (caller !== undefined) {
    const denied = Object.values(profile.plans).some((plan) => plan.denied === error);
    return denied
      ? "the caller's plan has no access, which is checked before anything is counted by caller"
      : undefined;
  }
  const { callers, fixtures } = profile;
  const errors = Object.values(callers.credentials).flatMap(({ missing, invalid }) => [missing, invalid]);
  const known = [...errors, ...fixtures.map((fixture) => fixture.error)].includes(error);
  return known ? 'no valid credential was found, so nothing was counted by caller' : undefined;
}

function outcome({ status, error }: JournalEntry): string {
  if (status === 0) return 'by closing the connection';
  return error === undefined ? String(status) : `${status} (${error})`;
}
