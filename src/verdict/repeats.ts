/**
 * Which call repeats which: the newest like it that came to nothing, that its client knows of, and that no other repeats.
 * @module
 */

import type { Call } from './call.js';
import { listIn } from './group.js';
import type { Step } from './timeline.js';

export function linkRepeats(timeline: readonly Step[]): void {
  /** What came to nothing and has not been repeated, by what makes calls alike; the one answered last is the last. */
  const open = new Map<string, Call[]>();
  for (const { call, answered } of timeline) {
    const like = listIn(open, call.same);
    if (!answered) {
      const earlier = like.pop();
      if (!earlier) continue;
      earlier.repeatedBy = call;
      call.repeats = earlier;
      call.failedBefore = earlier.outcome === 'failed' ? earlier : earlier.failedBefore;
    } else if (call.outcome === 'refused' || call.outcome === 'failed') like.push(call);
    // Who has the answer repeats none of those any more; what comes later is a request of its own.
    else
      open.set(
        call.same,
        like.filter(({ number }) => number > call.number),
      );
  }
}
