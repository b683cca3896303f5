/**
 * What interceptions must let pass: connections to the mocks of this process, and connections of the mocks themselves.
 * @module
 */

/** Option of a request of `node:http` and `node:https` that is never intercepted, such as the delivery of a webhook. */
export const BYPASS = Symbol('mock429: not to be intercepted');

/** The ports on which the mocks of this process listen. */
export const ownPorts = new Set<number>();
