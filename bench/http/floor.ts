/**
 * The floor that belongs to a target: a bare Hono server that answers with the same status and the same body.
 * @module
 */
import type { ServerSpec } from '../processes.js';
import type { Answer, Traffic } from '../traffic.js';

/** A floor that can be started, and the request that it answers. */
export interface Floor {
  readonly server: ServerSpec;
  readonly traffic: Traffic;
}

/** @param answer what the target answered */
export function floorFor(traffic: Traffic, answer: Answer): Floor {
  const posts = traffic.method === 'POST';
  const body: unknown = answer.body === '' ? null : JSON.parse(answer.body);
  return {
    server: {
      args: (port) => ['bench/servers/floor.mjs', String(port)],
      env: { FLOOR: JSON.stringify({ status: answer.status, body, parses: posts }) },
    },
    traffic: {
      ...traffic,
      path: posts ? '/items' : '/items/550e8400-e29b-41d4-a716-446655440000',
      status: answer.status,
    },
  };
}
