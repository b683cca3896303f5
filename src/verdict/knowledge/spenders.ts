/**
 * Programs that spend from the same bucket with the same credential.
 * @module
 */
import { type Call, chargedDecisions } from '../calls/call.js';
import type { View } from '../calls/view.js';

/** The first and the last call of each program, by program. */
export type Spenders = ReadonlyMap<string, readonly [Call, Call]>;

/** For each bucket and credential, the programs that were charged. Keys come from `credentialBucketKey`. */
export function spendersOf({ calls }: View): ReadonlyMap<string, Spenders> {
  const spenders = new Map<string, Map<string, [Call, Call]>>();
  for (const call of calls)
    for (const { bucket } of chargedDecisions(call)) {
      const key = credentialBucketKey(call, bucket);
      const programs = spenders.get(key) ?? new Map<string, [Call, Call]>();
      spenders.set(key, programs);
      const known = programs.get(call.program);
      if (known) known[1] = call;
      else programs.set(call.program, [call, call]);
    }
  return spenders;
}

/** Identity of a bucket as it is used with one credential, by any program. */
export function credentialBucketKey(call: Call, bucket: string): string {
  return `${bucket} ${call.caller}`;
}

/**
 * Whether another program used the bucket at the same time. It must have started before the call, and its calls must overlap with those of the call's program.
 */
export function isShared(programs: Spenders | undefined, call: Call): boolean {
  if (!programs || programs.size < 2) return false;
  return [...programs].some(
    ([program, [first, last]]) =>
      program !== call.program && first.number < call.number && overlaps(programs.get(call.program)!, [first, last]),
  );
}

/**
 * Whether another program, which had stopped before the call, was charged in the same window. What a response says is left is then not what the call's program has left.
 *
 * @param resetAt the end of the window: epoch ms, virtual
 */
export function isLeftByAnother(programs: Spenders | undefined, call: Call, bucket: string, resetAt: number): boolean {
  return [...(programs ?? [])].some(
    ([program, [, last]]) =>
      program !== call.program &&
      last.number < call.number &&
      chargedDecisions(last).some((decision) => decision.bucket === bucket && decision.resetAt === resetAt),
  );
}

function overlaps([a, b]: readonly [Call, Call], [c, d]: readonly [Call, Call]): boolean {
  return a.number <= d.number && c.number <= b.number;
}
