/**
 * Converts Swagger 2.0, the predecessor of OpenAPI, to OpenAPI 3.0.
 * @module
 */
import { createRequire } from 'node:module';
import { child, isObject, type Json, type JsonObject, pointerKeys } from './json.js';
import { DocumentError } from './notice.js';
import { walkDocument } from './walk.js';

const require = createRequire(import.meta.url);

/** Whether a document is written in Swagger 2.0. */
export function isSwagger(root: JsonObject): boolean {
  return root['openapi'] === undefined && /^2(?:\.|$)/.test(String(root['swagger']));
}

/** Converts a document whose references are local pointers. The original is not changed. @throws DocumentError if the converter fails */
export function convertSwagger(root: JsonObject): JsonObject {
  const { upgradeFromTwoToThree } = require('@scalar/openapi-upgrader/2.0-to-3.0') as {
    upgradeFromTwoToThree(document: object): JsonObject;
  };
  try {
    const original = structuredClone(root);
    eachOperation(original, (operation, item) => inlineBodyParameters(operation, item, original));
    removeSharedBodies(original);
    const converted = upgradeFromTwoToThree(structuredClone(original));
    eachOperation(original, (operation, _item, [path, method]) => {
      const target = child(child(converted['paths'], path), method);
      if (isObject(target)) completeForm(operation, target);
    });
    walkDocument(converted, modernise);
    return { ...converted, openapi: '3.0.4', servers: serversOf(root) };
  } catch (error) {
    const problem = `this Swagger 2.0 document cannot be converted (${(error as Error).message})`;
    throw new DocumentError('openapi/swagger', ['swagger'], `${problem}; convert it to OpenAPI 3 with another tool`);
  }
}

type Visit = (operation: JsonObject, item: JsonObject, keys: readonly [path: string, method: string]) => void;

function eachOperation(root: JsonObject, visit: Visit): void {
  const { paths } = root;
  for (const [path, item] of isObject(paths) ? Object.entries(paths) : []) {
    if (!isObject(item)) continue;
    for (const method of METHODS) {
      const operation = item[method];
      if (isObject(operation)) visit(operation, item, [path, method]);
    }
  }
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** Copies parameters that describe the body into the operation. The converter only finds them there. */
function inlineBodyParameters(operation: JsonObject, item: JsonObject, root: JsonObject): void {
  const lists = [item['parameters'], operation['parameters']];
  const [shared, own] = lists.map((list) => (Array.isArray(list) ? list : []));
  const hasOwnBody = own!.some((one) => isBody(one, root));
  const inherited = hasOwnBody ? [] : shared!.filter((one) => isBody(one, root));
  const all = [...own!, ...inherited].map((one) => (isBody(one, root) ? structuredClone(resolved(one, root)!) : one));
  if (all.length > 0) operation['parameters'] = all;
}

/** Removes parameters that describe the body from path items, after each operation has its own. */
function removeSharedBodies(root: JsonObject): void {
  const { paths } = root;
  for (const item of isObject(paths) ? Object.values(paths) : []) {
    if (!isObject(item) || !Array.isArray(item['parameters'])) continue;
    item['parameters'] = item['parameters'].filter((one) => !isBody(one, root));
  }
}

function resolved(parameter: Json, root: JsonObject): Json | undefined {
  let value: Json | undefined = parameter;
  for (let steps = 0; isObject(value) && typeof value['$ref'] === 'string'; steps++) {
    if (steps > 10) return undefined;
    value = pointerKeys(value['$ref']).reduce<Json | undefined>((at, key) => child(at, key), root);
  }
  return value;
}

function isBody(parameter: Json, root: JsonObject): boolean {
  const place = child(resolved(parameter, root), 'in');
  return place === 'body' || place === 'formData';
}

/** Adds what the converter leaves out of forms: whether a body is required, items of arrays, and how they are serialised. */
function completeForm(original: JsonObject, converted: JsonObject): void {
  const parameters = Array.isArray(original['parameters']) ? original['parameters'] : [];
  const form = parameters.filter(isObject).filter((one) => one['in'] === 'formData' && typeof one['name'] === 'string');
  const body = converted['requestBody'];
  if (form.length === 0 || !isObject(body)) return;
  if (form.some(({ required }) => required === true)) body['required'] = true;
  for (const media of Object.values(isObject(body['content']) ? body['content'] : {})) {
    const properties = child(child(media, 'schema'), 'properties');
    if (!isObject(properties) || !isObject(media)) continue;
    for (const { name, in: _in, required: _required, collectionFormat, type, ...schema } of form) {
      const key = name as string;
      properties[key] = type === 'file' ? { ...schema, type: 'string', format: 'binary' } : { ...schema, type: type! };
      if (type !== 'array') continue;
      const encoding = isObject(media['encoding']) ? media['encoding'] : {};
      media['encoding'] = { ...encoding, [key]: serialisation(collectionFormat) };
    }
  }
}

function serialisation(collectionFormat: Json | undefined): JsonObject {
  if (collectionFormat === 'multi') return { style: 'form', explode: true };
  const style = collectionFormat === 'ssv' ? 'spaceDelimited' : collectionFormat === 'pipes' ? 'pipeDelimited' : 'form';
  return { style, explode: false };
}

/** Replaces the forms of keywords that OpenAPI 3 has changed. */
function modernise(map: JsonObject): void {
  if (map['x-nullable'] === true) map['nullable'] = true;
  if (typeof map['discriminator'] === 'string') map['discriminator'] = { propertyName: map['discriminator'] };
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
