/**
 * A client never retried a refused request, although the limit would have admitted a retry.
 * @module
 */
import { attempts, type Call, dueAt, isBarred, isInadmissible, refusing, reportedUntil } from '../../calls/call.js';
import { formsOf, otherForms, perhapsDelivered } from '../../calls/delivered.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident, type Moment } from '../../check.js';
import { count, formatTime, requestLine } from '../../words.js';

interface Options {
  readonly slack: number;
}

/** The check `gave-up`. */
export const gaveUp = defineCheck<Options>({
  title: 'Gave up on a refused request',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      slack: duration
        .prefault('1m')
        .describe('Time after the end of the wait after which a client is assumed to have given up'),
    }),
  suffix: (all) => `, and on ${count(all - 1, 'other request')}`,
  find(view, options) {
    const incidents = openCalls(view).flatMap((call) => incidentOf(call, view, options) ?? []);
    return { judged: view.calls.filter((call) => canComeBack(view, call)).length, incidents };
  },
  follow: {
    open: openCalls,
    // Once a call counts as given up, only the same request settles it. Another list or item on its path would often settle it by chance.
    awaits: (call, isIncident) => (isIncident ? taskKeys(call) : [...taskKeys(call), ...otherForms(call)]),
    settles: (call) => [...taskKeys(call), ...(call.outcome === 'succeeded' ? formsOf(call) : [])],
    incident: incidentOf,
  },
});

/** The newest refusal of each request that was not retried, nor done in another way. */
function openCalls(view: View): readonly Call[] {
  const done = new Map<string, number>();
  for (const call of view.calls)
    if (call.outcome !== 'refused') for (const name of taskKeys(call)) done.set(name, call.number);
  const last = new Map<string, Call>();
  for (const call of view.calls) {
    const isOpen =
      canComeBack(view, call) &&
      !call.repeatedBy &&
      !taskKeys(call).some((name) => (done.get(name) ?? -1) > call.number) &&
      !perhapsDelivered(view).has(call);
    if (!isOpen) continue;
    // Incidents come in order of arrival.
    last.delete(call.requestKey);
    last.set(call.requestKey, call);
  }
  return [...last.values()];
}

function incidentOf(call: Call, moment: Moment, { slack }: Options): Incident | undefined {
  if (!isOver(moment, call, slack)) return undefined;
  const all = attempts(call);
  const tries = all.length === 1 ? '1 try' : `${all.length} tries`;
  const leftMs = (reportedUntil(call) ?? 0) - moment.now;
  const end = leftMs > 0 ? `, ${formatTime(leftMs)} before it was to come back` : '';
  const says = `gave up on ${requestLine(call)} after ${tries}${end}`;
  return { call, relatedCalls: all, says, weight: all.length };
}

/** The shortest last segment of a path that certainly names one thing under all paths: the id of a job, and no number. */
const MIN_ID_LENGTH = 8;

/**
 * Identities of the task that a call performs. If the account is known, one of them omits program and credential, so the task is done whichever key of the
 * account performs it. Reads of one resource by several paths are one task. What lies below a resource is another thing, and so is another query.
 */
export function taskKeys({
  requestKey,
  account,
  caller,
  resource,
  entry: { method, path, bodyHash },
}: Call): readonly string[] {
  const task = [method, path, bodyHash];
  const names = [requestKey, JSON.stringify([caller, ...task])];
  const isResource = resource.length >= MIN_ID_LENGTH && path.endsWith(`/${resource}`);
  if (method === 'GET' && isResource) names.push(JSON.stringify(['resource', caller, resource]));
  return account === '' ? names : [...names, JSON.stringify(['account', account, ...task])];
}

/** Whether the client should retry: the refusal stated a wait or was a 429. Other refusals (the money is spent, the request exceeds every window, the credential is barred) are final. */
function canComeBack(view: View, call: Call): boolean {
  if (call.outcome !== 'refused' || isInadmissible(call) || isBarred(call) || isSpent(view, call)) return false;
  return call.entry.status === 429 || dueAt(call) !== undefined;
}

/** Whether a stock refused the call, which no time refills, and the refusal stated no wait. */
function isSpent({ policies }: View, call: Call): boolean {
  const { policy, resetAt = null } = refusing(call) ?? {};
  return resetAt === null && dueAt(call) === undefined && policies.get(policy ?? '')?.kind === 'counter';
}

/** Whether the client no longer has time to retry: the run has ended, or the wait and the slack are over. */
function isOver({ ended, now }: Moment, call: Call, slack: number): boolean {
  return ended || now > (reportedUntil(call) ?? call.entry.sentAt) + slack;
}
