/**
 * A client asked again and again whether a job had ended, where the provider sends a webhook.
 *
 * Reads are grouped by the resource that they name. The check counts reads that found the job running, plus the next read, which may have found its end. Reads
 * after the end do not count. Where the journal does not tell that a job was read, reads count up to the last change of the entity tag: the answer changes when the
 * job ends. Without a change nothing shows that the client waited. A client may look a few times: after a restart, or because a webhook was late.
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
      const all = whole.slice(0, lastPoll(whole) + 1);
      if (all.length <= most) continue;
      const call = all.at(-1)!;
      const until =
        call.entry.job === 'running'
          ? 'while it ran, where a webhook tells when it has ended'
          : 'until it had ended, where a webhook tells that';
      const says = `read ${pathOf(call.entry.path)} ${all.length} times ${until}`;
      incidents.push({ call, relatedCalls: all.slice(0, -1), knownAnswer: all.at(-2), says, weight: all.length });
    }
    return { judged: reads.length, incidents };
  },
});

/** The index of the last read that waited for the end of a job; -1 if none did. */
function lastPoll(reads: readonly Call[]): number {
  if (reads.every(({ entry }) => entry.job === undefined)) return lastChange(reads);
  const lastRunning = reads.findLastIndex(({ entry }) => entry.job === 'running');
  return lastRunning < 0 ? -1 : Math.min(lastRunning + 1, reads.length - 1);
}

/** The index of the last read whose entity tag differs from that of the read before it; -1 if none does. */
function lastChange(reads: readonly Call[]): number {
  return reads.findLastIndex(({ entry }, i) => i > 0 && entry.etag !== reads[i - 1]!.entry.etag);
}
