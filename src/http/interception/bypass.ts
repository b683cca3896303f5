/**
 * What interceptions must let pass: connections to the mocks of this process, and connections of the mocks themselves. Both are shared by all copies of this package
 * in the process.
 * @module
 */

/** Option of a request of `node:http` and `node:https` that is never intercepted, such as the delivery of a webhook. */
export const BYPASS = Symbol.for('mock429.bypass');

const PORTS = Symbol.for('mock429.ports');
const shared = globalThis as { [PORTS]?: Set<number> };
shared[PORTS] ??= new Set();

/** The ports on which the mocks of this process listen. */
export const ownPorts: Set<number> = shared[PORTS];
