/**
 * What answers an admitted request, before settlement: a fault, the provider's word on unknown paths, a stored response, or the operation's behaviour.
 * @module
 */
import { isFailure } from '../../behaviours/behaviour.js';
import { standings, statesOf } from '../../limits/quota-status.js';
import { sampleResponse } from '../../openapi/examples.js';
import type { JobItem } from '../../state/resources/item.js';
import { type Fault, forcedError } from '../faults/faults.js';
import { shownPath } from '../masking/path.js';
import type { Draft } from './answer.js';
import { renewAsks } from './policy-queries.js';
import { refusalFacts, refuse } from './refuse.js';
import { lookUp, remember } from './response-cache.js';
import { behave, holdJobs, isForJobs } from './run-operation.js';
import { settleOnce } from './settle.js';
import { type Exchange, errorDraft } from './state.js';

const NO_HEADERS: Readonly<Record<string, string>> = {};
const NO_JOBS: readonly JobItem[] = [];

export function produce(one: Exchange, fault: Fault | undefined): Draft {
  if (fault && (fault.status !== undefined || fault.body !== undefined || fault.drop)) return forced(one, fault);
  // A refusal that was held up tells what is true by now.
  if (one.refusal) return refuse(one, one.admissions.at(-1)!);
  const { request, world } = one;
  if (request.arrival.body.tooLarge) return errorDraft(one, world.provider.profile.answers.tooLarge);
  if (!request.match) return unmatched(one);
  const { state, stored } = lookUp(world, request, one.instant.now);
  one.cacheState = state;
  if (stored) {
    const { status, body, contentType } = stored;
    return { status, body, steady: true, contentType, headers: {}, error: undefined };
  }
  const reply = behave(one, request.match);
  reserveForJobs(one, isFailure(reply) ? NO_JOBS : (reply.jobs ?? NO_JOBS));
  if (isFailure(reply)) return errorDraft(one, reply.error, { ...reply.detail, detail: reply.detail ?? {} });
  remember(world, request, reply, one.instant.now);
  const { status, body, text, steady, contentType, headers, entity } = reply;
  return { status, body, text, steady, contentType, headers: headers ?? NO_HEADERS, error: undefined, entity };
}

/** Gives what the request reserved to the jobs that came of it, or back. */
export function reserveForJobs({ core, world, admissions }: Exchange, jobs: readonly JobItem[]): void {
  for (const { decisions, lease } of admissions) {
    if (!decisions.some(isForJobs)) continue;
    const held = decisions.filter(isForJobs).map(({ ask }) => ask);
    holdJobs(core, world, held, lease, jobs);
  }
}

function unmatched(one: Exchange): Draft {
  const { core, request } = one;
  const { profile, router } = one.world.provider;
  const methods = router.methods(request.path);
  if (methods.length === 0) {
    const nearest = router.nearest(request.method, request.path).join(', ');
    const path = shownPath(one.world, request);
    core.log('info', `${profile.id}: no operation for ${request.method} ${path}; nearest: ${nearest}`);
    return errorDraft(one, profile.answers.notFound);
  }
  core.log(
    'info',
    `${profile.id}: ${shownPath(one.world, request)} takes ${methods.join(', ')}, not ${request.method}`,
  );
  const draft = errorDraft(one, profile.answers.methodNotAllowed);
  return { ...draft, headers: { ...draft.headers, Allow: methods.join(', ') } };
}

/** What a fault says, in place of the behaviour. A dropped connection has no status (0 in the journal), so no rule makes it free. */
function forced(one: Exchange, { drop, status = drop ? 0 : 200, body }: Fault): Draft {
  const { request, world } = one;
  // Of the answer that the refusal would have been nothing stays.
  one.told = undefined;
  reserveForJobs(one, []);
  if (body !== undefined) {
    const contentType = typeof body === 'string' ? 'text/plain; charset=UTF-8' : undefined;
    return { status, body, contentType, headers: {}, error: undefined };
  }
  if (status >= 400) return forcedFailure(one, status);
  const sample = request.match && sampleResponse(world.provider.document, request.match.operation, status);
  return { status, body: sample?.body, contentType: sample?.contentType, headers: {}, error: undefined };
}

function forcedFailure(one: Exchange, status: number): Draft {
  const { world, request, store } = one;
  const { asks: asked } = one;
  const { name } = forcedError(world.provider, status, request, asked);
  // Settled before it is written, so that a body that tells the quota agrees with its own headers.
  settleOnce(one, { status, error: name });
  const asks = renewAsks(world, request, asked);
  const i = asks.findIndex(({ policy }) => policy.refusal.error === name);
  if (i < 0) return errorDraft(one, name, undefined, status);
  // Nothing has run out, so nobody can say how long to wait; a second is the least that a refusal tells.
  one.told = { seconds: 1, at: one.instant.now + 1_000 };
  const refusal = refusalFacts(asks[i]!, standings(asks, statesOf(store, asks, one.instant), one.instant.now)[i]!);
  return errorDraft(one, name, { refusal, retryAfter: 1, retryAt: one.told.at }, status);
}
