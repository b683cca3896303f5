/**
 * A request whose client is still waiting for an answer, as an entry of the journal, where it has no row yet.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';
import type { Exchange } from '../exchange/state.js';
import { shortHash } from '../masking/hashes.js';
import { maskedPeer, maskedText, maskFacts } from '../masking/masking.js';

/** Status 0, no decisions, and a `durationMs` that is the time waited so far. */
export function unansweredEntry(exchange: Exchange): JournalEntry {
  const { core, providerState, request, id, at, realAt, beganAt } = exchange;
  const { arrival, caller, credential } = request;
  const { origin } = providerState;
  const target = arrival.rawQuery === '' ? request.path : `${request.path}?${arrival.rawQuery}`;
  const path = origin.secrets.target(target, credential, origin.isKnown);
  return {
    id,
    sandbox: origin.sandbox,
    profile: origin.profile,
    method: request.method,
    path,
    pathHash: path === target ? undefined : shortHash(target),
    operation: request.operation,
    caller: caller && maskFacts(origin, { kind: caller.kind, ...caller.facts }),
    keyHash: credential === undefined ? undefined : shortHash(credential),
    status: 0,
    error: undefined,
    broken: undefined,
    admitted: true,
    refusedBy: undefined,
    decisions: [],
    skipped: exchange.skipped,
    warnings: exchange.warnings,
    retryAfter: undefined,
    comeBackAt: [],
    told: [],
    bodyHash: arrival.body.text === '' ? undefined : shortHash(arrival.body.text),
    bodyShape: undefined,
    items: undefined,
    idempotencyKey: undefined,
    conditional: request.header('if-none-match') !== undefined,
    ifNoneMatch: maskedText(origin, request.header('if-none-match'), credential),
    etag: undefined,
    cache: undefined,
    at,
    sentAt: core.clock.now(),
    answeredAt: null,
    realAt,
    durationMs: core.clock.real() - realAt,
    delayMs: exchange.delayMs === 0 ? undefined : exchange.delayMs,
    beganAt,
    leftAt: null,
    unreadAt: undefined,
    readAt: undefined,
    arrived: arrival.arrived,
    peer: maskedPeer(origin, arrival.peer, credential),
    client: maskedText(origin, request.header('x-mock429-client'), credential),
  };
}
