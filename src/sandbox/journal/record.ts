/**
 * Records an exchange: a row of the journal, a log line for a refusal, an event.
 * @module
 */

import { formatDuration } from '../../limits/duration.js';
import type { HeaderFields } from '../../limits/render/header-text.js';
import { workEnds } from '../../runtime/current-work.js';
import type { Broken, Skipped } from '../../state/journal/entry.js';
import type { AnswerFacts } from '../../state/journal/fact.js';
import type { Draft } from '../exchange/answer.js';
import { reportedRetryAfter } from '../exchange/reported-wait.js';
import type { Exchange } from '../exchange/state.js';
import { shortHash } from '../masking/hashes.js';
import { maskedPath } from '../masking/path.js';
import type { ProviderState } from '../provider-state.js';
import { bodyShape } from './body-shape.js';
import { rowNumbers, writeRow } from './row.js';

/** Records an exchange. @param headers the response's headers as they are sent @param broken why the client does not get a whole answer */
export function record(
  exchange: Exchange,
  draft: Draft,
  headers: Readonly<HeaderFields>,
  broken: Broken | undefined,
): void {
  const { core, providerState, request, refusal } = exchange;
  const { id: profile } = providerState.provider.profile;
  const body = request.bodyText;
  exchange.skipped = sameSkipped(providerState, exchange.skipped);
  const retryAfter = reportedRetryAfter(headers, exchange.instant.now);
  const answer: AnswerFacts = {
    status: draft.status,
    error: draft.error,
    etag: typeof headers['ETag'] === 'string' ? headers['ETag'] : undefined,
    retryAfter,
    comeBackAt: comeBackAt(exchange, retryAfter),
    bodyShape: body === '' || !core.judging ? undefined : shortHash(bodyShape(body)),
    durationMs: core.clock.real() - exchange.realAt,
    broken,
  };
  const row = core.journal.write(rowNumbers(exchange), (ring) => writeRow(ring, exchange, answer));
  exchange.departure.row = row;
  // A 429 refuses as well, whether a fixture, a fault or the document sends it.
  const isRefused = refusal !== undefined || draft.status === 429;
  if (isRefused) core.counts.refused += 1;
  if (refusal) {
    const wait =
      refusal.seconds === undefined ? 'it will never fit' : `free in ${formatDuration(refusal.seconds * 1_000)}`;
    const path = maskedPath(providerState, request);
    const line = `${profile}: ${request.method} ${path} refused by ${refusal.policy} (${draft.status}); ${wait}`;
    core.log('info', line, 'refusal');
  }
  core.emit(row);
  core.hooks.answered?.(core.name, core.journal, row, isRefused);
  core.hooks.counter?.answered(profile, draft.status, refusal?.policy, retryAfter);
  workEnds();
}

/** How much earlier than the exact instant a stamp may be, because providers write whole seconds. */
const STAMP_TOLERANCE_MS = 999;
const NEVER_REPORTED: readonly number[] = [];

/** The instants at which the response told its client to come back, ascending; virtual epoch ms. A stamp before the limit has room is left out. */
function comeBackAt(
  { instant: { now }, providerState, reportedWait, comeBackAt: others, told }: Exchange,
  retryAfter: number | undefined,
): readonly number[] {
  if (retryAfter === undefined && others.length === 0 && told.length === 0) return NEVER_REPORTED;
  const earliest = reportedWait?.at === undefined ? Number.NEGATIVE_INFINITY : reportedWait.at - STAMP_TOLERANCE_MS;
  // What the profile says is told counts in any case: a client cannot know better.
  const all: number[] = [];
  for (const at of others) if (at >= earliest) insert(all, at);
  for (const at of told) insert(all, at);
  // A stamp in whole seconds is rounded up, so a client that comes at the exact instant has respected it.
  const exact = reportedWait?.at;
  if (exact !== undefined && all.some((at) => at >= exact && at - exact < 1_000)) insert(all, exact);
  if (retryAfter !== undefined) insert(all, now + retryAfter * 1_000);
  return sameInstants(providerState, all);
}

/** Inserts an instant into an ascending list, unless the list has it. */
function insert(all: number[], at: number): void {
  let i = all.length;
  while (i > 0 && all[i - 1]! > at) i--;
  if (i > 0 && all[i - 1] === at) return;
  all.push(at);
  for (let k = all.length - 1; k > i; k--) all[k] = all[k - 1]!;
  all[i] = at;
}

/** Refusals that follow each other mostly report the same instants. Then the same array is stored, instead of one for each request. */
function sameInstants(providerState: ProviderState, instants: readonly number[]): readonly number[] {
  const { lastInstants } = providerState;
  if (lastInstants.length === instants.length && lastInstants.every((at, i) => at === instants[i])) return lastInstants;
  providerState.lastInstants = instants;
  return instants;
}

/** The list of skipped policies is mostly the same as for the last request. Then the same array is stored, instead of one for each request. */
function sameSkipped(providerState: ProviderState, skipped: readonly Skipped[]): readonly Skipped[] {
  const { lastSkipped } = providerState;
  if (lastSkipped.length === skipped.length && lastSkipped.every((policy, i) => policy === skipped[i]))
    return lastSkipped;
  providerState.lastSkipped = skipped;
  return skipped;
}
