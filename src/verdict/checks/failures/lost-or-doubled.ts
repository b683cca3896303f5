/**
 * A client lost a write, or performed it twice.
 *
 * Doubled: a creation took effect, but its response broke off, so the client could not know. The client repeated the creation without the same idempotency key,
 * and the repetition took effect as well. A request that a fault answers with a 5xx, or drops, never took effect and cannot be doubled. A client that creates
 * several equal items on purpose creates the next one after a success, and is not reported.
 *
 * Lost: a write was refused and never delivered, while its client went on to deliver other writes of the same operation. Or a write failed and was never
 * retried, although an idempotency key made a retry safe. Lost writes are only warnings, because the client may have reported the error to its user.
 * @module
 */
import { attempts, type Call, exactKey, isInadmissible } from '../../calls/call.js';
import { perhapsDelivered, WRITES } from '../../calls/delivered.js';
import { repeatedOnPurpose } from '../../calls/repeated-on-purpose.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident, type IncidentEvidence } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { requestLine } from '../../words.js';
import { taskKeys } from '../waits/gave-up.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

/**
 * Statuses of a creation, complete or accepted.
 * @see RFC 9110 §15.3.2, §15.3.3
 */
const CREATED: ReadonlySet<number> = new Set([201, 202]);

/** The check `lost-or-doubled`. */
export const lostOrDoubled = defineCheck<Options>({
  title: 'Lost a write, or performed it twice',
  severity: 'error',
  options: (z) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .min(1)
        .optional()
        .describe('operationIds that create something; every POST with a 201 or 202 when left out'),
    }),
  references: ({ operations = [] }) => ({ operations }),
  find(view, options) {
    const [doubled, lost] = [findDoubled(view, options), findLost(view, options)];
    return {
      judged: doubled.judged + lost.judged,
      incidents: [...doubled.incidents, ...lost.incidents],
    };
  },
});

function findDoubled({ timeline, calls }: View, { operations }: Options): IncidentEvidence {
  const hasCreated = ({ entry: { method, status, operation } }: Call) =>
    operations
      ? status >= 200 && status < 300 && operations.includes(operation ?? '')
      : method === 'POST' && CREATED.has(status);
  const onPurpose = repeatedOnPurpose(timeline, hasCreated);
  /** For each call, the first of its attempts that took effect without a complete response. */
  const unconfirmed = new Map<Call, Call>();
  const incidents: Incident[] = [];
  let judged = 0;
  for (const call of calls) {
    const { repeats } = call;
    const first = repeats && unconfirmed.get(repeats);
    if (first) {
      unconfirmed.set(call, first);
      judged += 1;
      const { idempotencyKey, bodyHash } = call.entry;
      const isKnown = idempotencyKey !== undefined && idempotencyKey === first.entry.idempotencyKey;
      const isSame = bodyHash === first.entry.bodyHash && !onPurpose.has(exactKey(call));
      if (hasCreated(call) && !isKnown && isSame) {
        const says = `created the same item twice: ${requestLine(call)} had taken effect when its answer broke off, and was repeated`;
        incidents.push({ call, relatedCalls: [first], knownAnswer: repeats, says, kind: 'doubled' });
      }
    } else if (call.entry.broken === 'cut' && hasCreated(call)) unconfirmed.set(call, call);
  }
  return { judged, incidents };
}

function findLost(view: View, { operations }: Options): IncidentEvidence {
  const { calls, ended } = view;
  if (!ended) return { judged: 0, incidents: [] };
  /**
   * The loop runs backwards. These hold facts about later calls: the completed tasks, and the first success of each kind.
   */
  const done = new Set<string>();
  const delivered = new Map<string, Call>();
  const incidents: Incident[] = [];
  let judged = 0;
  for (const call of [...calls].reverse()) {
    const { outcome, entry } = call;
    const others = delivered.get(kindOf(call));
    if (others && isOpen(call) && knows(others, call)) {
      judged += 1;
      const isCompleted = call.repeatedBy !== undefined || taskKeys(call).some((name) => done.has(name));
      if (!isCompleted && !perhapsDelivered(view).has(call)) incidents.push(lostIncident(call));
    }
    if (outcome === 'succeeded' && WRITES.has(entry.method) && isDelivery(call, operations))
      delivered.set(kindOf(call), call);
    // A write that took effect is not lost, even if its client does not know. A rejected write is settled.
    if (outcome === 'succeeded' || outcome === 'rejected' || entry.broken === 'cut')
      for (const name of taskKeys(call)) done.add(name);
  }
  return { judged, incidents: incidents.reverse() };
}

function lostIncident(call: Call): Incident {
  const tries = attempts(call);
  const how = call.outcome === 'refused' ? 'was refused' : 'failed';
  const says = `never delivered ${requestLine(call)}, which ${how}, while it delivered others`;
  return { call, relatedCalls: tries, says, kind: 'lost', severity: 'warn', weight: tries.length };
}

/** Whether the call was refused, or failed although a retry is safe. Excludes requests that their client aborted. */
function isOpen(call: Call): boolean {
  const { method, idempotencyKey, broken, status } = call.entry;
  if (!WRITES.has(method) || isInadmissible(call)) return false;
  if (call.outcome === 'refused') return status === 429;
  const isSafe = idempotencyKey !== undefined && call.repeats === undefined;
  return call.outcome === 'failed' && isSafe && broken !== 'gone' && broken !== 'cut';
}

/** Whether the call delivered a write. A POST that only reads does not. */
function isDelivery({ entry: { method, status, operation } }: Call, operations: Options['operations']): boolean {
  return method !== 'POST' || CREATED.has(status) || operations?.includes(operation ?? '') === true;
}

function kindOf({ entry: { operation }, program, caller }: Call): string {
  return `${operation} ${program} ${caller}`;
}
