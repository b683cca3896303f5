/**
 * Checks the regular expressions of a profile: they must be valid, and must not backtrack without end on any credential.
 * @module
 */
import { displayPattern, FIX_BACKTRACKING } from '../../openapi/schema/patterns.js';
import { compilePattern } from '../../patterns/compile.js';
import type { Add, Path } from '../names.js';

/** Checks a pattern. @param matched the expression that is actually matched, if the pattern is only a part of it */
export function checkPattern(pattern: string, path: Path, add: Add, matched = pattern): void {
  const { fault } = compilePattern(pattern, false);
  const { how, slow } = compilePattern(matched, false);
  if (fault !== undefined) add('bad-pattern', path, `is not a regular expression: ${fault}`, 'mend it');
  else if (how === 'none' || how === 'bounded')
    add(
      'unsafe-pattern',
      path,
      `${displayPattern(pattern)} may backtrack without end, and no linear-time matcher can express it`,
      `${FIX_BACKTRACKING}, or without look-arounds and back references`,
    );
  else if (slow)
    add(
      'slow-pattern',
      path,
      `${displayPattern(pattern)} backtracks without end on some texts, so it is matched in linear time here`,
      FIX_BACKTRACKING,
      'warning',
    );
}
