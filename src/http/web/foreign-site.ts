/**
 * Pages of other sites use the sandboxes that there are; they make none.
 * @module
 */
import type { Answer } from '../../sandbox/exchange/answer.js';
import { problemAnswer } from './problem-json.js';

/** The answer to a page of another site that asks for a sandbox that is not there. @param cors whether the page may read it */
export function foreignSite(cors: boolean): Answer {
  const detail =
    'a page of another site may not make a sandbox; make it first with any call of its control API, such as GET /__mock429/clock behind its name';
  const headers: Record<string, string> = cors ? { 'Access-Control-Allow-Origin': '*' } : {};
  return problemAnswer(403, 'foreign-site', detail, { headers });
}
