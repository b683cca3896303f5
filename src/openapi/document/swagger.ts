/**
 * Converts Swagger 2.0, the predecessor of OpenAPI, to OpenAPI 3.0.
 * @module
 */
import { createRequire } from 'node:module';
import { child, isObject, type Json, type JsonObject } from './json.js';
import { DocumentError } from './notice.js';

const require = createRequire(import.meta.url);

/** Whether a document is written in Swagger 2.0. */
export function isSwagger(root: JsonObject): boolean {
  return root['openapi'] === undefined && /^2(?:\.|$)/.test(String(root['swagger']));
}

/** Converts a document. The original is not changed. @throws DocumentError if the converter fails */
export function convertSwagger(root: JsonObject): JsonObject {
  const { upgradeFromTwoToThree } = require('@scalar/openapi-upgrader/2.0-to-3.0') as {
    upgradeFromTwoToThree(document: object): JsonObject;
  };
  try {
    const converted = upgradeFromTwoToThree(structuredClone(root));
    return { ...converted, openapi: '3.0.4', servers: serversOf(root) };
  } catch (error) {
    const problem = `this Swagger 2.0 document cannot be converted (${(error as Error).message})`;
    throw new DocumentError('openapi/swagger', ['swagger'], `${problem}; convert it to OpenAPI 3 with another tool`);
  }
}

/** The servers that `schemes`, `host` and `basePath` describe. */
function serversOf(root: JsonObject): Json[] {
  const text = (key: string) => (typeof root[key] === 'string' ? (root[key] as string).trim() : '');
  const basePath = text('basePath').replace(/\/+$/, '');
  const path = basePath === '' || basePath.startsWith('/') ? basePath : `/${basePath}`;
  const host = text('host')
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/+$/, '');
  if (host === '') return [{ url: path === '' ? '/' : path }];
  const schemes = Array.isArray(root['schemes']) ? root['schemes'].filter((one) => typeof one === 'string') : [];
  const scheme = schemes.includes('https') || schemes.length === 0 ? 'https' : String(child(schemes, '0'));
  return [{ url: `${scheme}://${host}${path}` }].filter(isObject);
}
