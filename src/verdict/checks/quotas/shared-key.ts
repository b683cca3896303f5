/**
 * Several programs spent from one bucket with one credential, and one of them was refused. No program knows what the others spend, so none can stay within the
 * limit by itself.
 * @module
 */
import { type Call, refusing } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { credentialBucketKey, spendersOf } from '../../knowledge/spenders.js';
import { count } from '../../words.js';

/** The check `shared-key`. */
export const sharedKey = defineCheck({
  title: 'Shared a credential with other programs',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const spenders = spendersOf(view);
    const refused = new Map<string, Call>();
    for (const call of view.calls) {
      const bucket = refusing(call)?.bucket;
      if (bucket === undefined) continue;
      const key = credentialBucketKey(call, bucket);
      if (spenders.get(key)?.isShared(call)) refused.set(key, call);
    }
    return {
      judged: [...spenders.values()].filter(({ size }) => size > 1).length,
      incidents: [...refused].map(([key, call]): Incident => {
        const programs = spenders.get(key)!;
        return {
          call,
          relatedCalls: programs.firstCalls.slice(0, 5),
          says: `${count(programs.size, 'program')} spent from ${refusing(call)!.policy} with one credential, and one was refused; none can know what the others spend`,
        };
      }),
    };
  },
});
