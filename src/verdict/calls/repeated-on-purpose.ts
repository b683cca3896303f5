/**
 * Creations that a client repeats on purpose: it creates several equal items. When one of them fails, the next equal request may be a retry or the next item.
 * @module
 */
import { knows } from '../knowledge/knowledge.js';
import type { Step } from '../knowledge/timeline.js';
import { type Call, exactKey } from './call.js';

/**
 * The names of the requests that a client sent again although it knew that they had succeeded.
 * @param isCreation whether a call creates something
 * @param nameOf equal for equal requests
 */
export function repeatedOnPurpose(
  timeline: readonly Step[],
  isCreation: (call: Call) => boolean,
  nameOf: (call: Call) => string = exactKey,
): ReadonlySet<string> {
  const succeeded = new Map<string, Call>();
  const onPurpose = new Set<string>();
  for (const { call, answered } of timeline) {
    if (!isCreation(call)) continue;
    const key = nameOf(call);
    const before = succeeded.get(key);
    if (!answered) {
      if (before && knows(call, before)) onPurpose.add(key);
    } else if (call.outcome === 'succeeded') succeeded.set(key, call);
  }
  return onPurpose;
}
