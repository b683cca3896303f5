/**
 * The answer of `GET /__mock429/health`. It is a module of its own, so that a readiness probe loads nothing else of the control API.
 * @module
 */

/** The body of the answer. @param profiles ids of the served profiles, in the order of the options */
export function healthOf(version: string, profiles: readonly string[]) {
  return { status: 'ok' as const, version, profiles: [...profiles] };
}
