/**
 * The checks of a document that users wrote: its patterns run in linear time, and a schema that cannot be compiled is a warning when it is first used.
 * @module
 */
import { pointerKeys } from '../../openapi/document/json.js';
import { type Checks, compileChecks } from '../../openapi/schema/checks.js';
import { safePatterns } from '../../openapi/schema/patterns.js';
import type { ProfileIssue } from '../errors.js';
import type { OpenedDocument } from './open.js';

/** Is told about a warning that comes up later than the load. */
export type OnWarning = (warning: ProfileIssue) => void;

/** Compiles the checks of a document lazily. @param onWarning is told about each schema that cannot be compiled, once */
export function checksOfDocument({ document, locate }: OpenedDocument, onWarning: OnWarning = () => {}): Checks {
  const told = new Set<string>();
  return compileChecks(document, safePatterns(document.dialect), (pointer, reason) => {
    if (told.has(pointer)) return;
    told.add(pointer);
    const problem = `this schema cannot be checked (${reason.replaceAll('; ', ', ')}), so every value is accepted`;
    onWarning({
      ...locate({ code: 'openapi/schema', at: pointerKeys(pointer), problem, fix: 'correct it' }),
      severity: 'warning',
    });
  });
}
