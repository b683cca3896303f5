/**
 * What happened, in the order in which clients can have known it: a call sets out, an answer is known. Whoever follows it has, at each step, nothing before him that
 * the client of that step could not know, and looks at everything once.
 * @module
 */
import type { Call } from './call.js';

export interface Step {
  readonly call: Call;
  /** The client knows the answer from here on; else the call sets out. */
  readonly answered: boolean;
}

/** An answer that has not been handed over is known to nobody. */
export function timelineOf(calls: readonly Call[]): readonly Step[] {
  const began = sorted(calls, ({ entry }) => entry.beganAt);
  const left = sorted(
    calls.filter(({ entry }) => entry.leftAt !== null),
    ({ entry }) => entry.leftAt!,
  );
  const steps: Step[] = [];
  let next = 0;
  for (const call of began) {
    for (; next < left.length && left[next]!.entry.leftAt! <= call.entry.beganAt; next++)
      steps.push({ call: left[next]!, answered: true });
    steps.push({ call, answered: false });
  }
  for (; next < left.length; next++) steps.push({ call: left[next]!, answered: true });
  return steps;
}

function sorted(calls: readonly Call[], by: (call: Call) => number): readonly Call[] {
  return [...calls].sort((a, b) => by(a) - by(b) || a.number - b.number);
}
