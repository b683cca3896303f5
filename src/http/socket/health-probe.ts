/**
 * Answers `GET /__mock429/health` without the framework. A readiness probe requests it right after the start, and loading the control API would double the time
 * to
 * the first answer. A probe that the guard refuses goes to the control API, which sends the refusal.
 * @module
 */
import type { Answer } from '../../sandbox/exchange/answer.js';
import { type GuardRules, guardControl, WEBHOOK_HEADER } from '../control/guard.js';
import { healthOf } from '../control/health.js';
import type { StoreFailure } from '../replicator.js';
import { CONTROL_PATH } from '../routing.js';
import { problemAnswer } from '../web/problem-json.js';
import type { OpenConnection } from './connections.js';
import type { Incoming } from './incoming.js';
import { rawHeader } from './raw-header.js';

const PATH = `${CONTROL_PATH}/health`;

/** Content of the answer, and the access rules. */
export interface HealthProbeOptions {
  readonly version: string;
  /** Ids of the served profiles. */
  readonly profiles: readonly string[];
  readonly rules: GuardRules;
  /** Why requests are not answered now; `undefined` while they are. */
  readonly failure?: StoreFailure | undefined;
}

/** The answer to a probe; `undefined` where the request is not a probe, or is refused. */
export function answerProbe(
  { method, rawHeaders }: Incoming,
  { target, host }: { readonly target: string; readonly host: string },
  { ip }: OpenConnection,
  { version, profiles, rules, failure }: HealthProbeOptions,
): Answer | undefined {
  if (method !== 'GET' || target !== PATH) return undefined;
  const field = (name: string) => rawHeader(rawHeaders, name);
  const refusal = guardControl(
    {
      ip,
      host,
      origin: field('origin'),
      authorization: field('authorization'),
      fetchSite: field('sec-fetch-site'),
      isWebhook: field(WEBHOOK_HEADER) !== undefined,
    },
    rules,
  );
  if (refusal) return undefined;
  if (failure) return problemAnswer(503, 'store-unavailable', failure.detail);
  const headers = { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(healthOf(version, profiles)) };
}
