/**
 * The steps of a run in the order of time: a request arrives, an answer leaves. At each step all answers that the client of the request can have known come before it,
 * so that a check needs to go through the steps only once.
 * @module
 */
import type { Call } from '../calls/call.js';

export interface Step {
  readonly call: Call;
  /** `true`: the answer leaves here. `false`: the request arrives here. */
  readonly answered: boolean;
}

/** An answer that has not been handed over has no step. */
export function timelineOf(calls: readonly Call[]): readonly Step[] {
  const arrived = sorted(calls, ({ entry }) => entry.beganAt);
  const answered = sorted(
    calls.filter(({ entry }) => entry.leftAt !== null),
    ({ entry }) => entry.leftAt!,
  );
  const steps: Step[] = [];
  let next = 0;
  for (const call of arrived) {
    for (; next < answered.length && answered[next]!.entry.leftAt! <= call.entry.beganAt; next++)
      steps.push({ call: answered[next]!, answered: true });
    steps.push({ call, answered: false });
  }
  for (; next < answered.length; next++) steps.push({ call: answered[next]!, answered: true });
  return steps;
}

function sorted(calls: readonly Call[], by: (call: Call) => number): readonly Call[] {
  return [...calls].sort((a, b) => by(a) - by(b) || a.number - b.number);
}
