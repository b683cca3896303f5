/**
 * Parses JSON that a client sent.
 * @module
 */
import { isDeeper, MAX_LEVELS } from './nesting.js';

/** Parses JSON. @throws SyntaxError also if it is nested too deep */
export function parseJson(text: string): unknown {
  if (isDeeper(text, MAX_LEVELS)) throw new SyntaxError(`it is nested more than ${MAX_LEVELS} levels deep`);
  return JSON.parse(text);
}
