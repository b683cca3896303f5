/**
 * A program sent a write before the previous one was answered, or too soon after it, although the provider asks for one write at a time.
 *
 * The pause is measured from arrival to arrival, so a program that pauses after each response satisfies it as well.
 * @module
 */
import { type Call, sinceArrival } from '../../calls/call.js';
import { keepsInterval } from '../../calls/pace.js';
import { defineCheck, type Incident } from '../../check.js';
import { knowledge } from '../../knowledge/knowledge.js';
import { formatTime, requestLine } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
  readonly methods: readonly string[];
  readonly pause?: number | undefined;
}

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The writes of one program with one credential. */
interface Sender {
  underWay: number;
  readonly writes: Call[];
}

/** The check `concurrent-writes`. */
export const concurrentWrites = defineCheck<Options>({
  title: 'Sent writes at the same time, or without a pause',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .min(1)
        .optional()
        .describe('operationIds to which it applies; all with one of the methods when left out'),
      methods: z
        .array(z.enum(WRITES))
        .min(1)
        .default([...WRITES])
        .describe('Methods that write, where no operations are named'),
      pause: duration.optional().describe('Least time between two writes; none when left out'),
    }),
  references: ({ operations = [] }) => ({ operations }),
  find({ timeline }, { operations, methods, pause = 0 }) {
    const senders = new Map<string, Sender>();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      const { operation, method, leftAt } = call.entry;
      if (!(operations ? operations.includes(operation ?? '') : methods.includes(method))) continue;
      const key = `${call.program} ${call.caller}`;
      const sender = senders.get(key) ?? { underWay: 0, writes: [] };
      senders.set(key, sender);
      if (answered) {
        sender.underWay -= 1;
        continue;
      }
      sender.writes.push(call);
      if (sender.writes.length > 1) {
        judged += 1;
        const incident = incidentOf(sender, pause);
        if (incident) incidents.push(incident);
      }
      if (leftAt !== null) sender.underWay += 1;
    }
    return { judged, incidents };
  },
});

/** The incident of the sender's newest write. */
function incidentOf({ writes, underWay }: Sender, pause: number): Incident | undefined {
  const [last, call] = writes.slice(-2) as [Call, Call];
  // A write whose response was never sent has no known end.
  if (underWay > 0 || (last.entry.leftAt !== null && knowledge(call, last) === 'no')) {
    const others = underWay > 1 ? `${underWay} other writes were` : 'another write was';
    return {
      call,
      relatedCalls: [last],
      says: `sent ${requestLine(call)} while ${others} under way`,
      weight: underWay,
      kind: 'at once',
    };
  }
  const gap = sinceArrival(call, last);
  if (gap < 0 || keepsInterval(writes, writes.length - 1, pause)) return undefined;
  const says = `sent ${requestLine(call)} ${formatTime(gap)} after the last write, where ${formatTime(pause)} is the least`;
  return { call, relatedCalls: [last], knownAnswer: last, says, weight: -gap, kind: 'pause' };
}
