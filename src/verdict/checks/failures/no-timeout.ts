/**
 * A client waited so long for an answer that it can have no timeout.
 *
 * Real time counts, whatever the clock of the sandbox shows. With a frozen clock nothing is judged, since the answer comes only when somebody moves the clock. A client
 * that closed the connection itself has a timeout, however long. A request that a limit delayed until its turn is not judged: the wait is the provider's doing.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { time, what } from '../../words.js';

interface Options {
  readonly after: number;
}

/** The check `no-timeout`. */
export const noTimeout = defineCheck<Options>({
  title: 'Waited for an answer without a timeout',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      after: duration
        .prefault('1m')
        .describe('Real time after which a client that still waits is assumed to have no timeout'),
    }),
  find({ calls, waiting }, { after }) {
    const slow = ({ entry }: Call) => entry.durationMs >= after && entry.delayMs === undefined;
    const late = calls.filter((call) => call.entry.answeredAt !== null && slow(call));
    const endless = waiting.filter(slow);
    const left = calls.filter(({ entry: { broken, answeredAt } }) => broken === 'gone' && answeredAt !== null);
    const incidents = [
      ...late.filter(({ entry }) => entry.broken !== 'gone').map((call) => incidentOf(call, 'waited')),
      ...endless.map((call) => incidentOf(call, 'has been waiting for')),
    ];
    return { judged: new Set([...late, ...left]).size + endless.length, incidents };
  },
});

function incidentOf(call: Call, how: string): Incident {
  const { durationMs } = call.entry;
  return { call, says: `${how} ${time(durationMs)} for the answer to ${what(call)}`, weight: durationMs };
}
