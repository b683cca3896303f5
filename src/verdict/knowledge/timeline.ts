/**
 * The steps of a run in order of time: a request arrives, or a response is sent. All responses that a client can have known come before its request, so a check
 * needs only one pass.
 * @module
 */
import type { Call } from '../calls/call.js';

/** One event of the timeline. */
export interface Step {
  readonly call: Call;
  /** `true` if the response is sent at this step, `false` if the request arrives. */
  readonly answered: boolean;
}

/** Builds the timeline. A response that has not been sent has no step. */
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
