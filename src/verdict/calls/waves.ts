/**
 * Waves of retries: after a burst, a program repeats the requests that were refused and none of those that were admitted. So it knew which were refused, although each
 * single retry may have crossed its refusal.
 * @module
 */
import { listIn } from '../group.js';
import type { Step } from '../knowledge/timeline.js';
import { type Call, senderOf } from './call.js';

/** Number of different requests that a wave repeats, and of admitted requests that the program did not repeat. */
const MIN_REQUESTS = 3;

/** The requests of one program with one credential. */
interface Requests {
  /** Early retries, by request. */
  readonly repeated: Map<string, Call[]>;
  /** Requests that no limit refused, and that did not fail otherwise. */
  readonly admitted: Set<string>;
  /** Whether one of these was repeated. */
  repeatsAny: boolean;
}

/**
 * Finds waves.
 * @param retries early retries that may have crossed their refusals
 * @returns the retries that belong to a wave
 */
export function wavesOf(timeline: readonly Step[], retries: ReadonlySet<Call>): ReadonlySet<Call> {
  const bySender = new Map<string, Requests>();
  for (const { call, answered } of timeline) {
    const sender = senderOf(call);
    const known = bySender.get(sender) ?? { repeated: new Map(), admitted: new Set(), repeatsAny: false };
    bySender.set(sender, known);
    if (answered) {
      if (isAdmitted(call)) known.admitted.add(call.requestKey);
    } else if (known.admitted.has(call.requestKey)) known.repeatsAny = true;
    else if (retries.has(call) && call.oneAtATime) listIn(known.repeated, call.requestKey).push(call);
  }
  const waves = [...bySender.values()].filter(
    ({ repeated, admitted, repeatsAny }) =>
      !repeatsAny &&
      repeated.size >= MIN_REQUESTS &&
      [...admitted].filter((key) => !repeated.has(key)).length >= MIN_REQUESTS,
  );
  return new Set(waves.flatMap(({ repeated }) => [...repeated.values()].flat()));
}

function isAdmitted({ outcome }: Call): boolean {
  return outcome === 'succeeded' || outcome === 'rejected';
}
