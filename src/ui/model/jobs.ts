/**
 * Jobs and deliveries of webhooks as the page lists them.
 * @module
 */
import type { Job, JobUpdate, WebhookDelivery } from '../data/types.js';
import { duration, number, timeOfDay } from './format.js';

/** Whether a job runs at an instant, epoch ms. */
export function isRunning({ endsAt }: Job, now: number): boolean {
  return endsAt === null || Date.parse(endsAt) > now;
}

/** The jobs in the order of the list: those that run, the one that ends next first; then those that have ended, newest first. */
export function jobsInOrder(jobs: readonly Job[], now: number): Job[] {
  const end = ({ endsAt }: Job) => (endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt));
  return [...jobs].sort((a, b) => {
    const [aRuns, bRuns] = [isRunning(a, now), isRunning(b, now)];
    if (aRuns !== bRuns) return aRuns ? -1 : 1;
    const [first, second] = [end(a), end(b)];
    if (first === second) return 0;
    return first < second === aRuns ? -1 : 1;
  });
}

/** When a job ends, or has ended. */
export function jobEndText(job: Job, now: number): string {
  const { endsAt, outcome } = job;
  if (endsAt === null) return 'runs until it is ended';
  const at = Date.parse(endsAt);
  return isRunning(job, now) ? `${outcome} in ${duration(at - now)}` : `since ${timeOfDay(at).slice(0, 8)}`;
}

/** When a changed job is to end. */
export type JobEnd = 'now' | 'planned' | 'later' | 'never';

/** The change of a job. @param ends when it is to end @param state its final state @param inMs for `later`: milliseconds from now */
export function jobUpdate(job: Job, ends: JobEnd, state: string, inMs: number, now: number): JobUpdate {
  const { profile, endsAt } = job;
  // Only the state in which it is tells the API to keep it running.
  if (ends === 'never') return { profile, state: job.state };
  if (ends === 'later') return { profile, state, endsInMs: inMs };
  if (ends === 'now' || endsAt === null) return { profile, state };
  return { profile, state, endsInMs: Math.max(0, Math.round(Date.parse(endsAt) - now)) };
}

/** What became of a delivery. */
export function deliveryText({ state, attempts, status, error, nextAt }: WebhookDelivery, now: number): string {
  const times = attempts === 1 ? '1 attempt' : `${number(attempts)} attempts`;
  const answer = error ?? (status === null ? '' : String(status));
  const parts = [attempts === 0 ? 'not sent yet' : times, answer].filter((part) => part !== '');
  if (state === 'pending' && nextAt !== null) parts.push(`next in ${duration(Date.parse(nextAt) - now)}`);
  return parts.join(' · ');
}
