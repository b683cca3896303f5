/**
 * The answer of `GET /__mock429/health`. Apart from the other operations, so that a readiness probe loads nothing else of the control API.
 * @module
 */

/** @param profiles ids of what is served, in the order in which they were named */
export function healthOf(version: string, profiles: readonly string[]) {
  return { status: 'ok' as const, version, profiles: [...profiles] };
}
