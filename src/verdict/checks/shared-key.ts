/**
 * Several programs spent from one bucket with one credential, and one of them was refused. None of them can know what the others spend, so none can keep within
 * the limit by itself.
 * @module
 */
import { type Call, refusing, takenFrom } from '../call.js';
import { defineCheck, type Incident } from '../check.js';
import type { View } from '../view.js';
import { count } from '../words.js';

export const sharedKey = defineCheck({
  title: 'Shared a credential with programs that it knows nothing of',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const spenders = spendersOf(view);
    const refused = new Map<string, Call>();
    for (const call of view.calls) {
      const bucket = refusing(call)?.bucket;
      if (bucket !== undefined && isShared(spenders.get(keyOf(call, bucket)), call))
        refused.set(keyOf(call, bucket), call);
    }
    return {
      judged: [...spenders.values()].filter(({ size }) => size > 1).length,
      incidents: [...refused].map(([key, call]): Incident => {
        const programs = spenders.get(key)!;
        const firsts = [...programs.values()].map(([first]) => first!).slice(0, 5);
        return {
          call,
          with: firsts,
          says: `${count(programs.size, 'program')} spent from ${refusing(call)!.policy} with one credential, and one was refused; none can know what the others spend`,
        };
      }),
    };
  },
});

/** The programs that took units from a bucket with a credential, each with its first and its last call. */
function spendersOf({ calls }: View): ReadonlyMap<string, ReadonlyMap<string, readonly [Call, Call]>> {
  const spenders = new Map<string, Map<string, [Call, Call]>>();
  for (const call of calls)
    for (const { bucket } of takenFrom(call)) {
      const key = keyOf(call, bucket);
      const programs = spenders.get(key) ?? new Map<string, [Call, Call]>();
      spenders.set(key, programs);
      const known = programs.get(call.program);
      if (known) known[1] = call;
      else programs.set(call.program, [call, call]);
    }
  return spenders;
}

function keyOf(call: Call, bucket: string): string {
  return `${bucket} ${call.caller}`;
}

/** Whether another program was at work at the same time: it had begun before this call, and its calls overlap with those of this call's program. */
function isShared(programs: ReadonlyMap<string, readonly [Call, Call]> | undefined, call: Call): boolean {
  if (!programs || programs.size < 2) return false;
  return [...programs].some(
    ([program, [first, last]]) =>
      program !== call.program && first.number < call.number && overlaps(programs.get(call.program)!, [first, last]),
  );
}

function overlaps([a, b]: readonly [Call, Call], [c, d]: readonly [Call, Call]): boolean {
  return a.number <= d.number && c.number <= b.number;
}
