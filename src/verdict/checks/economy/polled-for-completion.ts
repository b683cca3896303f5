/**
 * A client asked again and again whether a job had ended, where the provider sends a webhook.
 *
 * Reads are grouped by the resource that they name. Only reads up to the last change of the entity tag count: the answer changes when the job ends, and who reads a
 * job that has ended is not waiting for it. Without a change nothing shows that the client waited. A client may look a few times: after a restart, or because a
 * webhook was late.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { pathOf } from '../../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly most: number;
}

/** The check `polled-for-completion`. */
export const polledForCompletion = defineCheck<Options>({
  title: 'Polled for what a webhook tells',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      operations: z.array(z.string()).min(1).describe('operationIds that read one job'),
      most: z.int().min(1).default(3).describe('How often a client may read one job'),
    }),
  references: ({ operations }) => ({ operations }),
  find({ calls }, { operations, most }) {
    const reads = calls.filter(
      ({ entry, repeats }) =>
        !repeats && (entry.status === 200 || entry.status === 304) && operations.includes(entry.operation ?? ''),
    );
    const incidents: Incident[] = [];
    const groups = groupBy(
      reads,
      ({ resource, entry, program, caller }) => `${resource || pathOf(entry.path)} ${program} ${caller}`,
    );
    for (const whole of groups.values()) {
      const all = whole.slice(0, lastChange(whole) + 1);
      if (all.length <= most) continue;
      const call = all.at(-1)!;
      const says = `read ${pathOf(call.entry.path)} ${all.length} times until it had ended, where a webhook tells that`;
      incidents.push({ call, relatedCalls: all.slice(0, -1), knownAnswer: all.at(-2), says, weight: all.length });
    }
    return { judged: reads.length, incidents };
  },
});

/** The index of the last read whose entity tag differs from that of the read before it; -1 if none does. */
function lastChange(reads: readonly Call[]): number {
  return reads.findLastIndex(({ entry }, i) => i > 0 && entry.etag !== reads[i - 1]!.entry.etag);
}
