/**
 * A request costs more than the whole quota of a limit, so it will never be admitted, however long its client waits.
 * @module
 */
import { isInadmissible, refusing } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { requestLine } from '../../words.js';

/** The check `never-admissible`. */
export const neverAdmissible = defineCheck({
  title: 'Sent a request that costs more than the whole quota',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find({ calls }) {
    const refused = calls.filter(({ outcome }) => outcome === 'refused');
    return {
      judged: refused.length,
      incidents: refused.filter(isInadmissible).map((call): Incident => {
        const { policy, cost, limit } = refusing(call)!;
        return {
          call,
          says: `${requestLine(call)} costs ${cost}, and ${policy} allows ${limit}: it can never be admitted`,
        };
      }),
    };
  },
});
