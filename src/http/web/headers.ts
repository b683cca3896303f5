/**
 * Header fields as the `Headers` of a web response.
 * @module
 */
import type { HeaderFields } from '../../limits/render/header-text.js';

/** Each value is a field of its own, so that cookies are not joined by commas. */
export function webHeaders(fields: Readonly<HeaderFields>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') headers.set(name, value);
    else for (const one of value) headers.append(name, one);
  }
  return headers;
}
