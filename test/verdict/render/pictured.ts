/**
 * Findings with a journal, to be drawn: plain data, so that a picture changes only when the drawing does.
 */
import type { ReportedRequest } from '../../../src/verdict/render/index.js';
import type { Finding, Report } from '../../../src/verdict/report/report.js';
import { mixed, shop } from './reports.js';

/** The instant (epoch ms) that the pictured requests are relative to. */
export const START = Date.parse('2026-05-12T08:00:00.000Z');

/** A request that came so many milliseconds after `START`. */
export function requestAt(id: number | string, ms: number, facts: Partial<ReportedRequest> = {}): ReportedRequest {
  return {
    id: String(id),
    profile: 'shop',
    method: 'GET',
    path: '/links',
    at: START + ms,
    sentAt: START + ms,
    answeredAt: START + ms,
    status: 200,
    admitted: true,
    caller: { kind: 'api-key', key: 'shop_…bbbb' },
    keyHash: 'hash-b',
    peer: { connection: 1, openedAt: START, userAgent: undefined, opener: undefined },
    ...facts,
  };
}

/** What a refusal that told a wait has besides. */
export function refusedFor(seconds: number): Partial<ReportedRequest> {
  return { status: 429, admitted: false, refusedBy: 'key-minute', retryAfter: seconds };
}

/** A finding about the last of these requests. @param known the request whose answer its client knew */
export function findingOn(ids: readonly (number | string)[], known?: number | string): Finding {
  const calls = ids.map((id, i) => ({
    id: String(id),
    at: START,
    ...(i === ids.length - 1 && known !== undefined
      ? { knew: `the answer to request ${known}`, knownAnswer: String(known) }
      : {}),
  }));
  return { ...shop.findings[0]!, calls, entries: ids.map(String) };
}

/** A report with one finding. */
export function reportWith(finding: Finding): Report {
  return { ...mixed, profiles: [{ ...shop, findings: [finding] }] };
}

/** Two admitted, a refusal that told 23 s, and the request that came 400 ms later. */
export const EARLY: readonly ReportedRequest[] = [
  requestAt(1, 0),
  requestAt(2, 900, { decisions: [{ ...decision(), charged: 0 }] }),
  requestAt(3, 1_000, refusedFor(23)),
  requestAt(4, 1_400, refusedFor(23)),
];

function decision() {
  return {
    policy: 'key-minute',
    bucket: 'b',
    partition: {},
    allowed: true,
    cost: 1,
    used: 1,
    limit: 2,
    remaining: 1,
    resetAt: null,
    retryAt: null,
    charged: 1,
    refunded: 0,
  };
}
