/**
 * The window start of a seeded bucket, computed from the reset that the caller wants.
 * @module
 */
import type { Policy } from '../../limits/policy.js';
import { boundsAt } from '../../limits/windows.js';
import { Problem } from './problem.js';

/** When the window must start to reset in `resetsInMs`; `undefined` if no reset is given. @throws Problem if the policy's windows cannot reset then */
export function startFor(policy: Policy, resetsInMs: number | undefined, now: number): number | undefined {
  // The caller reports that a lease policy cannot be seeded.
  if (resetsInMs === undefined || policy.kind === 'lease') return undefined;
  const { id, algorithm, window } = policy;
  const problem = (code: string, detail: string) => new Problem(400, code, detail, 'resetsInMs');
  if (window.kind !== 'first-request') {
    const end = new Date(boundsAt(window, now).end).toISOString();
    const fix = 'leave it out, and move the clock (PUT /clock) to some time before that';
    throw problem(
      'clock-window',
      `the windows of ${id} are aligned to the clock, and the current one resets at ${end}; ${fix}`,
    );
  }
  if (!algorithm.opensWindow) {
    const fix = 'leave it out, and set used or remaining instead';
    throw problem('no-window', `${id} has no window: its reset follows from the units used; ${fix}`);
  }
  const { lengthMs } = window;
  if (!Number.isInteger(resetsInMs) || resetsInMs < 1 || resetsInMs > lengthMs) {
    const range = `a whole number from 1 to ${lengthMs}, the milliseconds of the window of ${id}`;
    throw problem('bad-amount', `must be ${range}, not ${resetsInMs}`);
  }
  return now + resetsInMs - lengthMs;
}
