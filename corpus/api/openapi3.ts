/**
 * Operations of an OpenAPI 3 document.
 * @module
 */
import { isObject, type Json, type JsonObject, listOf, objectOf } from './json.js';
import {
  type Answer,
  askedHeaders,
  type Body,
  type Content,
  type Credential,
  type Operation,
  type Parameter,
  type Place,
  type Style,
} from './operation.js';
import { basePathOf } from './servers.js';
import type { Source } from './source.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
/** OpenAPI says to ignore header parameters of these names. */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);
const DEFAULT_STYLE: Readonly<Record<Place, Style>> = {
  path: 'simple',
  query: 'form',
  header: 'simple',
  cookie: 'form',
};

/** The operations of an OpenAPI 3 document. */
export function operationsOf3(source: Source): Operation[] {
  const { root } = source;
  return Object.entries(objectOf(root['paths'])).flatMap(([path, given]) => {
    const item = source.follow(given);
    if (!item || !isPlain(path)) return [];
    return METHODS.flatMap((method) => {
      const operation = item[method];
      return isObject(operation) ? [operationOf(source, path, method, item, operation)] : [];
    });
  });
}

/** Whether it is a path at all: a query or a fragment cannot be part of one. */
function isPlain(path: string): boolean {
  return path.startsWith('/') && !/[?#\s]/.test(path);
}

function operationOf(source: Source, path: string, method: string, item: JsonObject, own: JsonObject): Operation {
  const servers = [own, item, source.root].map((one) => listOf(one['servers'])).find((list) => list.length > 0) ?? [];
  const security = own['security'] ?? source.root['security'];
  return {
    id: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    basePath: basePathOf(servers),
    parameters: parametersOf(source, item, own),
    body: bodyOf(source, own['requestBody']),
    answers: Object.entries(objectOf(own['responses'])).flatMap(([status, one]) => answerOf(source, status, one)),
    security: listOf(security).map((names) =>
      Object.keys(objectOf(names)).map((name) =>
        credentialOf(source.follow(objectOf(objectOf(source.root['components'])['securitySchemes'])[name])),
      ),
    ),
  };
}

function parametersOf(source: Source, item: JsonObject, own: JsonObject): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const given of [...listOf(item['parameters']), ...listOf(own['parameters'])]) {
    const parameter = source.follow(given);
    const one = parameter && parameterOf(source, parameter);
    if (one) found.set(`${one.in} ${one.name}`, one);
  }
  return [...found.values()];
}

function parameterOf(source: Source, given: JsonObject): Parameter | undefined {
  const { name, in: place } = given;
  if (typeof name !== 'string' || !['path', 'query', 'header', 'cookie'].includes(String(place))) return undefined;
  if (place === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return undefined;
  const [content] = contentsOf(source, given['content']);
  const style = (given['style'] ?? DEFAULT_STYLE[place as Place]) as Style;
  return {
    name,
    in: place as Place,
    required: given['required'] === true || place === 'path',
    style,
    explode: typeof given['explode'] === 'boolean' ? given['explode'] : style === 'form',
    schema: content ? (content.schema ?? true) : (given['schema'] ?? true),
    ...(content && { mediaType: content.mediaType }),
    examples: [...examplesOf(source, given), ...(content?.examples ?? [])],
  };
}

function bodyOf(source: Source, given: Json | undefined): Body | undefined {
  const body = source.follow(given);
  if (!body) return undefined;
  const contents = contentsOf(source, body['content']);
  return contents.length === 0 ? undefined : { required: body['required'] === true, contents };
}

function contentsOf(source: Source, given: Json | undefined): Content[] {
  return Object.entries(objectOf(given)).map(([mediaType, one]) => ({
    mediaType,
    schema: objectOf(one)['schema'],
    encoding: objectOf(objectOf(one)['encoding']),
    examples: examplesOf(source, objectOf(one)),
  }));
}

/** The values of `example` and `examples`. */
function examplesOf(source: Source, { example, examples }: JsonObject): Json[] {
  const several = Object.values(objectOf(examples)).flatMap((one) => {
    const value = source.follow(one)?.['value'];
    return value === undefined ? [] : [value];
  });
  return example === undefined ? several : [example, ...several];
}

function answerOf(source: Source, status: string, given: Json | undefined): Answer[] {
  const answer = source.follow(given);
  if (!answer || status.startsWith('x-')) return [];
  const headers = askedHeaders(objectOf(answer['headers']));
  return [{ status, contents: contentsOf(source, answer['content']), headers }];
}

function credentialOf(scheme: JsonObject | undefined): Credential {
  const { type, in: place, name, scheme: word } = scheme ?? {};
  if (type === 'apiKey' && (place === 'header' || place === 'query' || place === 'cookie'))
    return { kind: 'apiKey', in: place, name: String(name) };
  if (type === 'http') return { kind: 'authorization', scheme: String(word) };
  if (type === 'oauth2' || type === 'openIdConnect') return { kind: 'authorization', scheme: 'bearer' };
  return { kind: 'unknown', type: String(type) };
}
