/**
 * What the document gives as an answer: its examples first, else a value made from the schema.
 * @module
 */
import { createRequire } from 'node:module';
import { headerText } from '../limits/render/header-text.js';
import { isObject, type Json, type JsonObject, type OpenApiDocument, type Operation } from './document.js';

const require = createRequire(import.meta.url);

export interface Sample {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Json | undefined;
}

/** The operation's documented answer for a status (the first 2xx where none is given), and of its examples the named one, or the first. */
export function sampleResponse(
  document: OpenApiDocument,
  operation: Operation,
  status?: number,
  example?: string,
): Sample | undefined {
  const responses = document.at(`${operation.pointer}/responses`);
  if (!isObject(responses))
    return status === undefined ? { status: 200, contentType: undefined, body: undefined } : undefined;
  const code = status === undefined ? firstSuccess(responses) : responseKey(responses, status);
  if (code === undefined) return undefined;
  // A status below 200 ends no exchange.
  const shown = status ?? (/^[2-5]\d\d$/.test(code) ? Number(code) : 200);
  return { status: shown, ...sampleContent(document, responses[code], example) };
}

/** What a response object gives as its body: of its types JSON, of its examples the named one, or the first. */
export function sampleContent(
  document: OpenApiDocument,
  given: Json | undefined,
  example?: string,
): Omit<Sample, 'status'> {
  const response = document.follow(given);
  const content = isObject(response) ? document.follow(response['content']) : undefined;
  const types = isObject(content) ? Object.keys(content) : [];
  const contentType = types.find((type) => type.includes('json')) ?? types[0];
  if (contentType === undefined) return { contentType: undefined, body: undefined };
  const media = document.follow((content as JsonObject)[contentType]);
  return {
    contentType: headerText(contentType),
    body: isObject(media) ? mediaExample(document, media, example) : undefined,
  };
}

function responseKey(responses: JsonObject, status: number): string | undefined {
  return [String(status), `${Math.floor(status / 100)}XX`, `${Math.floor(status / 100)}xx`].find((key) =>
    Object.hasOwn(responses, key),
  );
}

function firstSuccess(responses: JsonObject): string | undefined {
  const keys = Object.keys(responses);
  return keys.filter((key) => key.startsWith('2')).sort()[0] ?? (keys.includes('default') ? 'default' : keys[0]);
}

function mediaExample(document: OpenApiDocument, media: JsonObject, name: string | undefined): Json | undefined {
  const named = document.follow(media['examples']);
  if (isObject(named)) {
    const chosen = document.follow(name === undefined ? Object.values(named)[0] : named[name]);
    if (isObject(chosen) && chosen['value'] !== undefined) return chosen['value'];
  }
  if (media['example'] !== undefined) return media['example'];
  return media['schema'] === undefined ? undefined : schemaExample(document, media['schema']);
}

/** A value that fits the schema: its own example, default or const where it has one, else one made up by type. */
export function schemaExample(document: OpenApiDocument, schema: Json): Json | undefined {
  const sampler = require('openapi-sampler') as { sample(schema: Json, options: object, spec: JsonObject): Json };
  return sampler.sample(schema, { quiet: true, maxSampleDepth: 8 }, document.root);
}

/** The names of all examples of the operation's responses with that status. */
export function exampleNames(document: OpenApiDocument, operation: Operation): string[] {
  const responses = document.at(`${operation.pointer}/responses`);
  const names: string[] = [];
  for (const response of isObject(responses) ? Object.values(responses) : []) {
    const content = document.follow(response);
    const media = isObject(content) ? document.follow(content['content']) : undefined;
    for (const type of isObject(media) ? Object.values(media) : []) {
      const examples = isObject(type) ? document.follow(type['examples']) : undefined;
      if (isObject(examples)) names.push(...Object.keys(examples));
    }
  }
  return names;
}
