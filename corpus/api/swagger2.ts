/**
 * Operations of a Swagger 2.0 document, in the form of OpenAPI 3.
 * @module
 */
import { isObject, type Json, type JsonObject, listOf, objectOf, stringOf } from './json.js';
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
import type { Source } from './source.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);
const STYLES: Readonly<Record<string, Style>> = {
  ssv: 'spaceDelimited',
  tsv: 'tabDelimited',
  pipes: 'pipeDelimited',
  multi: 'form',
};

/** The operations of a Swagger 2.0 document. */
export function operationsOf2(source: Source): Operation[] {
  return Object.entries(objectOf(source.root['paths'])).flatMap(([path, given]) => {
    const item = source.follow(given);
    if (!item || !path.startsWith('/') || /[?#\s]/.test(path)) return [];
    return METHODS.flatMap((method) => {
      const own = item[method];
      return isObject(own) ? [operationOf(source, path, method, item, own)] : [];
    });
  });
}

function operationOf(source: Source, path: string, method: string, item: JsonObject, own: JsonObject): Operation {
  const { root } = source;
  const given = [...listOf(item['parameters']), ...listOf(own['parameters'])]
    .map((one) => source.follow(one))
    .filter((one) => one !== undefined);
  const distinct = [...new Map(given.map((one) => [`${one['in']} ${one['name']}`, one])).values()];
  const produces = mediaTypes(own['produces'] ?? root['produces']);
  return {
    id: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    basePath: (stringOf(root['basePath']) ?? '').replace(/\/+$/, ''),
    parameters: distinct.flatMap(parameterOf),
    body: bodyOf(distinct, mediaTypes(own['consumes'] ?? root['consumes'])),
    answers: Object.entries(objectOf(own['responses'])).flatMap(([status, one]) =>
      answerOf(source, status, one, produces),
    ),
    security: listOf(own['security'] ?? root['security']).map((names) =>
      Object.keys(objectOf(names)).map((name) => credentialOf(objectOf(objectOf(root['securityDefinitions'])[name]))),
    ),
  };
}

function mediaTypes(given: Json | undefined): string[] {
  const types = listOf(given).filter((one) => typeof one === 'string');
  return types.length === 0 ? ['application/json'] : types;
}

function parameterOf(given: JsonObject): Parameter[] {
  const { name, in: place, collectionFormat } = given;
  if (typeof name !== 'string' || !['path', 'query', 'header'].includes(String(place))) return [];
  if (place === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return [];
  const style = STYLES[String(collectionFormat)] ?? (place === 'query' ? 'form' : 'simple');
  return [
    {
      name,
      in: place as Place,
      required: given['required'] === true || place === 'path',
      style,
      explode: collectionFormat === 'multi',
      schema: schemaOf(given),
      examples: [],
    },
  ];
}

/** The keys of a parameter that are schema. */
function schemaOf(given: JsonObject): JsonObject {
  const {
    name: _name,
    in: _in,
    required: _required,
    description: _description,
    collectionFormat: _format,
    ...schema
  } = given;
  return schema['type'] === 'file' ? { type: 'string', format: 'binary' } : schema;
}

function bodyOf(parameters: readonly JsonObject[], consumes: readonly string[]): Body | undefined {
  const whole = parameters.find((one) => one['in'] === 'body');
  if (whole) {
    const contents = consumes.map((mediaType) => content(mediaType, whole['schema']));
    return { required: whole['required'] === true, contents };
  }
  const fields = parameters.filter((one) => one['in'] === 'formData');
  if (fields.length === 0) return undefined;
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields.map((one) => [String(one['name']), schemaOf(one)])),
    required: fields.filter((one) => one['required'] === true).map((one) => String(one['name'])),
  };
  const encoding = Object.fromEntries(
    fields
      .filter((one) => one['type'] === 'array')
      .map(({ name, collectionFormat }) => [
        String(name),
        { style: STYLES[String(collectionFormat)] ?? 'form', explode: collectionFormat === 'multi' },
      ]),
  );
  const forms = consumes.filter((one) => /form/.test(one));
  const files = fields.some((one) => one['type'] === 'file');
  const usual = files ? 'multipart/form-data' : 'application/x-www-form-urlencoded';
  return {
    required: schema.required.length > 0,
    contents: (forms.length > 0 ? forms : [usual]).map((mediaType) => ({ ...content(mediaType, schema), encoding })),
  };
}

function content(mediaType: string, schema: Json | undefined): Content {
  return { mediaType, schema, encoding: {}, examples: [] };
}

function answerOf(source: Source, status: string, given: Json | undefined, produces: readonly string[]): Answer[] {
  const answer = source.follow(given);
  if (!answer || status.startsWith('x-')) return [];
  const headers = askedHeaders(objectOf(answer['headers']));
  const examples = objectOf(answer['examples']);
  const { schema } = answer;
  const contents =
    schema === undefined
      ? []
      : produces.map((mediaType) => ({
          ...content(mediaType, schema),
          examples: examples[mediaType] === undefined ? [] : [examples[mediaType]],
        }));
  return [{ status, contents, headers }];
}

function credentialOf({ type, in: place, name }: JsonObject): Credential {
  if (type === 'apiKey' && (place === 'header' || place === 'query'))
    return { kind: 'apiKey', in: place, name: String(name) };
  if (type === 'basic') return { kind: 'authorization', scheme: 'basic' };
  if (type === 'oauth2') return { kind: 'authorization', scheme: 'bearer' };
  return { kind: 'unknown', type: String(type) };
}
