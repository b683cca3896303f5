/**
 * A client waited so long for a response that it cannot have a timeout.
 *
 * The check measures real time, whatever the sandbox's clock says. Calls under a frozen clock are not judged, because their response is sent only when the
 * clock is advanced. A client that closed the connection itself has a timeout, however long. A request that a limit delays is not judged, because the provider
 * causes that wait.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { formatTime, requestLine } from '../../words.js';

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
  find({ calls, pending }, { after }) {
    const isSlow = ({ entry }: Call) => entry.durationMs >= after && entry.delayMs === undefined;
    const slow = calls.filter((call) => call.entry.answeredAt !== null && isSlow(call));
    const stillPending = pending.filter(isSlow);
    const closedByClient = calls.filter(
      ({ entry: { broken, answeredAt } }) => broken === 'gone' && answeredAt !== null,
    );
    const incidents = [
      ...slow.filter(({ entry }) => entry.broken !== 'gone').map((call) => incidentOf(call, 'waited')),
      ...stillPending.map((call) => incidentOf(call, 'has been waiting for')),
    ];
    return { judged: new Set([...slow, ...closedByClient]).size + stillPending.length, incidents };
  },
});

function incidentOf(call: Call, how: string): Incident {
  const { durationMs } = call.entry;
  return { call, says: `${how} ${formatTime(durationMs)} for the answer to ${requestLine(call)}`, weight: durationMs };
}
