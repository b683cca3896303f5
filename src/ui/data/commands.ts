/**
 * Writes a change as a command line and as code, so that what was tried on the page can go into a script or a test.
 * @module
 */
import type { Change } from './change.js';

/** The change as a `curl` command. @param url address of the call @param withToken whether the server needs the token; its value is left to the shell */
export function curlOf({ method, body }: Change, url: string, withToken: boolean): string {
  const parts = ['curl -s'];
  // curl sends POST by itself where there is a body.
  if (method !== 'POST' || body === undefined) parts.push(`-X ${method}`);
  if (withToken) parts.push('-H "Authorization: Bearer $MOCK429_CONTROL_TOKEN"');
  parts.push(quote(url));
  if (body !== undefined) parts.push(`-d ${quote(JSON.stringify(body))}`);
  return parts.join(' ');
}

/** A value as JavaScript, on one line: `{ policy: 'key-minute', remaining: 3 }`. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return '{}';
  return `{ ${fields.map(([name, field]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : stringLiteral(name)}: ${literal(field)}`).join(', ')} }`;
}

/** How code names the sandbox: `mock`, or `mock.sandbox('t1')`. */
export function mockOf(sandbox: string): string {
  return sandbox === '' ? 'mock' : `mock.sandbox(${literal(sandbox)})`;
}

function stringLiteral(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}

/** An argument of a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) && !text.startsWith('~') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
