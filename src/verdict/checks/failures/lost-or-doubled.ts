/**
 * Work that a client lost, or had done twice.
 *
 * Doubled: a creation took effect, but its answer broke off, so the client could not know. The client repeated the creation without the same idempotency key, and the
 * repetition took effect as well. A request that a fault answers with a 5xx, or drops, never took effect and cannot be doubled. A client that makes several equal
 * things on purpose makes the next one after a success, and is not judged.
 *
 * Lost: a write was refused and never delivered, while its client went on to deliver others of the same kind; or a write failed and was never retried, although an
 * idempotency key made a retry safe. This only warns: the client may have told its user.
 * @module
 */
import { attempts, type Call, isInadmissible } from '../../calls/call.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident, type IncidentEvidence } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { what } from '../../words.js';
import { namesOf } from '../waits/gave-up.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Created, or accepted to be. @see RFC 9110 §15.3.2, §15.3.3 */
const CREATED: ReadonlySet<number> = new Set([201, 202]);

/** The check `lost-or-doubled`. */
export const lostOrDoubled = defineCheck<Options>({
  title: 'Lost work, or did it twice',
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
    return { judged: doubled.judged + lost.judged, incidents: [...doubled.incidents, ...lost.incidents] };
  },
});

function findDoubled({ timeline, calls }: View, { operations }: Options): IncidentEvidence {
  const hasMade = ({ entry: { method, status, operation } }: Call) =>
    operations
      ? status >= 200 && status < 300 && operations.includes(operation ?? '')
      : method === 'POST' && CREATED.has(status);
  const onPurpose = madeAgainOnPurpose(timeline, hasMade);
  /** Of each call, the first of its attempts that took effect without an answer. */
  const madeUnseen = new Map<Call, Call>();
  const incidents: Incident[] = [];
  let judged = 0;
  for (const call of calls) {
    const { repeats } = call;
    const first = repeats && madeUnseen.get(repeats);
    if (first) {
      madeUnseen.set(call, first);
      judged += 1;
      const { idempotencyKey, bodyHash } = call.entry;
      const isKnown = idempotencyKey !== undefined && idempotencyKey === first.entry.idempotencyKey;
      const isSame = bodyHash === first.entry.bodyHash && !onPurpose.has(exact(call));
      if (hasMade(call) && !isKnown && isSame) {
        const says = `made the same thing twice: ${what(call)} had taken effect when its answer broke off, and was repeated`;
        incidents.push({ call, with: [first], knew: repeats, says, kind: 'doubled' });
      }
    } else if (call.entry.broken === 'cut' && hasMade(call)) madeUnseen.set(call, call);
  }
  return { judged, incidents };
}

/** Requests that were sent again although their client knew that they had succeeded. */
function madeAgainOnPurpose(timeline: View['timeline'], hasMade: (call: Call) => boolean): ReadonlySet<string> {
  const succeeded = new Map<string, Call>();
  const onPurpose = new Set<string>();
  for (const { call, answered } of timeline) {
    if (call.outcome !== 'succeeded' || !hasMade(call)) continue;
    const key = exact(call);
    const before = succeeded.get(key);
    if (answered) succeeded.set(key, call);
    else if (before && knows(call, before)) onPurpose.add(key);
  }
  return onPurpose;
}

function exact({ same, entry: { bodyHash } }: Call): string {
  return `${same} ${bodyHash}`;
}

function findLost({ calls, ended }: View, { operations }: Options): IncidentEvidence {
  if (!ended) return { judged: 0, incidents: [] };
  /** What came later than the call that is looked at, by its names; the first success of each kind; the longest list in a success, by sender. */
  const done = new Set<string>();
  const delivered = new Map<string, Call>();
  const longest = new Map<string, number>();
  const incidents: Incident[] = [];
  let judged = 0;
  for (const call of [...calls].reverse()) {
    const { outcome, entry } = call;
    const others = delivered.get(kindOf(call));
    if (others && isOpen(call) && knows(others, call)) {
      judged += 1;
      const isDone = call.repeatedBy !== undefined || namesOf(call).some((name) => done.has(name));
      // A call for several things may have held this one.
      const mayBeHeld = (longest.get(senderOf(call)) ?? 0) > (entry.items ?? 1);
      if (!isDone && !mayBeHeld) incidents.push(lost(call));
    }
    if (outcome === 'succeeded' && WRITES.has(entry.method)) {
      if (isDelivery(call, operations)) delivered.set(kindOf(call), call);
      longest.set(senderOf(call), Math.max(longest.get(senderOf(call)) ?? 0, entry.items ?? 0));
    }
    // What took effect is not lost, even if its client has not been told; what was rejected is over.
    if (outcome === 'succeeded' || outcome === 'rejected' || entry.broken === 'cut')
      for (const name of namesOf(call)) done.add(name);
  }
  return { judged, incidents: incidents.reverse() };
}

function lost(call: Call): Incident {
  const tries = attempts(call);
  const how = call.outcome === 'refused' ? 'was refused' : 'failed';
  const says = `never delivered ${what(call)}, which ${how}, while it delivered others`;
  return { call, with: tries, says, kind: 'lost', severity: 'warn', weight: tries.length };
}

/** Whether it was refused, or failed where a retry would have been safe. A request that its client broke off does not count. */
function isOpen(call: Call): boolean {
  const { method, idempotencyKey, broken, status } = call.entry;
  if (!WRITES.has(method) || isInadmissible(call)) return false;
  if (call.outcome === 'refused') return status === 429;
  const isSafe = idempotencyKey !== undefined && call.repeats === undefined;
  return call.outcome === 'failed' && isSafe && broken !== 'gone' && broken !== 'cut';
}

/** Whether a POST created something, rather than only asked for something. */
function isDelivery({ entry: { method, status, operation } }: Call, operations: Options['operations']): boolean {
  return method !== 'POST' || CREATED.has(status) || operations?.includes(operation ?? '') === true;
}

function senderOf({ program, caller }: Call): string {
  return `${program} ${caller}`;
}

function kindOf(call: Call): string {
  return `${call.entry.operation} ${senderOf(call)}`;
}
