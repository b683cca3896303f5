/**
 * The changes that the page can make, each as a call of the control API and as code.
 * @module
 */
import type { Change } from './change.js';
import { literal, mockOf } from './commands.js';
import type { FaultInput, JobUpdate } from './types.js';

/** Adds a fault. */
export function addFaultChange(sandbox: string, fault: FaultInput): Change {
  return { method: 'POST', path: '/faults', body: fault, code: `${mockOf(sandbox)}.faults.add(${literal(fault)})` };
}

/** Removes a fault, or all. */
export function removeFaultChange(sandbox: string, id?: string): Change {
  if (id === undefined) return { method: 'DELETE', path: '/faults', code: `${mockOf(sandbox)}.faults.remove()` };
  return {
    method: 'DELETE',
    path: `/faults/${encodeURIComponent(id)}`,
    code: `${mockOf(sandbox)}.faults.remove(${literal(id)})`,
  };
}

/** Sets the units left in a live bucket. */
export function quotaChange(sandbox: string, id: string, remaining: number): Change {
  const body = { id, remaining };
  return { method: 'PUT', path: '/quotas', body, code: `${mockOf(sandbox)}.setQuota(${literal(body)})` };
}

/** Ends a job, keeps it running, or moves its end. */
export function jobChange(sandbox: string, id: string, body: JobUpdate): Change {
  return {
    method: 'PUT',
    path: `/jobs/${encodeURIComponent(id)}`,
    body,
    code: `await ${mockOf(sandbox)}.jobs.set(${literal(id)}, ${literal(body)})`,
  };
}

/** Removes an endpoint of webhooks. */
export function removeEndpointChange(sandbox: string, id: string): Change {
  return {
    method: 'DELETE',
    path: `/webhooks/${encodeURIComponent(id)}`,
    code: `${mockOf(sandbox)}.webhooks.remove(${literal(id)})`,
  };
}

/** What may be set of an account. */
export interface AccountInput {
  readonly plan?: string;
  readonly keys?: readonly string[];
  readonly quotas?: Readonly<Record<string, number>>;
}

/** Sets an account's plan, credentials and quotas. */
export function accountChange(sandbox: string, profile: string, account: string, body: AccountInput): Change {
  return {
    method: 'PUT',
    path: `/accounts/${encodeURIComponent(profile)}/${encodeURIComponent(account)}`,
    body,
    code: `${mockOf(sandbox)}.setAccount(${literal(profile)}, ${literal(account)}, ${literal(body)})`,
  };
}

/** Sets a profile's plan and active variants. */
export function profileChange(
  sandbox: string,
  profile: string,
  body: { plan?: string; variants?: readonly string[] },
): Change {
  return {
    method: 'PUT',
    path: `/profiles/${encodeURIComponent(profile)}`,
    body,
    code: `await ${mockOf(sandbox)}.setProfile(${literal(profile)}, ${literal(body)})`,
  };
}

/** How a mock is created with this plan and these variants from the start. */
export function createLine(
  profile: string,
  { plan, variants = [] }: { plan?: string; variants?: readonly string[] },
): string {
  return `const mock = await createMock(${literal({ profile, plan, variant: variants.length > 0 ? variants : undefined })})`;
}

/** Resets the sandbox. */
export function resetChange(sandbox: string, options: { clock?: boolean; accounts?: boolean }): Change {
  return { method: 'POST', path: '/reset', body: options, code: `${mockOf(sandbox)}.reset(${literal(options)})` };
}

/** Removes a sandbox. */
export function removeSandboxChange(name: string): Change {
  return {
    method: 'DELETE',
    path: `/sandboxes/${encodeURIComponent(name)}`,
    code: `mock.removeSandbox(${literal(name)})`,
  };
}
