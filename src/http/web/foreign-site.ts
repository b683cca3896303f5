/**
 * Refuses a page of another site that would create a sandbox. Such a page may only use existing sandboxes.
 * @module
 */
import type { Answer } from '../../sandbox/exchange/answer.js';
import { problemAnswer } from './problem-json.js';

/** The answer to a page of another site that requests a sandbox that does not exist. @param cors whether the page may read the answer */
export function foreignSite(cors: boolean): Answer {
  const detail =
    'a page of another site may not create a sandbox; create it first with any call of its control API, such as GET /~NAME/__mock429/clock';
  const headers: Record<string, string> = cors ? { 'Access-Control-Allow-Origin': '*' } : {};
  return problemAnswer(403, 'foreign-site', detail, { headers });
}
