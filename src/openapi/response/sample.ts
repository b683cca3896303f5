/**
 * Sample responses of a document: its examples, else data made from its schemas.
 * @module
 */
import { headerText } from '../../limits/render/header-text.js';
import { memoiseText, memoiseWeakly } from '../../runtime/memoise.js';
import type { OpenApiDocument } from '../document/document.js';
import { escapeKey, isObject, type Json } from '../document/json.js';
import type { Operation } from '../document/operation.js';
import { madeDataOf } from '../made/made.js';
import { contentKind } from '../media-type.js';
import { writeContent } from './content/content.js';
import { type Example, examplesAt } from './examples.js';
import { headersOf, type ResponseHeader } from './headers.js';
import { negotiate, type Offer, offersOf } from './negotiation.js';
import { type DocumentedResponse, responseWith, successOf } from './responses.js';

/** Which sample of an operation is wanted. */
export interface SampleOptions {
  /** Default: that of the response to a request that succeeds. */
  readonly status?: number | undefined;
  /** Name of the example. Default: the first. */
  readonly example?: string | undefined;
  /** Whether data is made even if there are examples. */
  readonly isMade?: boolean | undefined;
  /** Whether examples that are not valid by their schema are replaced by made data. */
  readonly strictExamples?: boolean | undefined;
  /** The value of the header `Accept`. */
  readonly accept?: string | undefined;
}

/** A sample response. */
export interface Sample {
  readonly status: number;
  readonly contentType: string | undefined;
  /** The value that the content stands for. Shared: it must not be changed. */
  readonly body: Json | undefined;
  /** The content as it is sent; `undefined` if there is none, or if it is the body as JSON. */
  readonly content: string | Uint8Array | undefined;
  /** The documented headers. */
  readonly headers: readonly ResponseHeader[];
}

/** Why there is no sample. */
export interface NoSample {
  /** `no-response`: the document has none with the status. `no-example`: none of that name. `not-acceptable`: none of a type that the client accepts. */
  readonly problem: 'no-response' | 'no-example' | 'not-acceptable';
  /** What there is instead: statuses, names or media types. */
  readonly instead: readonly string[];
}

/** Whether a sample was found. */
export function isSample(result: Sample | NoSample): result is Sample {
  return !('problem' in result);
}

/** A sample response of an operation. @returns `undefined` if the document has none, see `findSample` */
export function sampleResponse(
  document: OpenApiDocument,
  operation: Operation,
  options: SampleOptions = {},
): Sample | undefined {
  const result = findSample(document, operation, options);
  return isSample(result) ? result : undefined;
}

/** A sample response of an operation, or why there is none. The same object for the same options. */
export function findSample(
  document: OpenApiDocument,
  operation: Operation,
  options: SampleOptions = {},
): Sample | NoSample {
  return samplesOf(document)(operation).find(options);
}

const samplesOf = memoiseWeakly((document: OpenApiDocument) =>
  memoiseWeakly((operation: Operation) => new Samples(document, operation)),
);

/** Results that are kept for one operation. Clients choose the values of `Accept` and `Prefer`. */
const BOUNDS = { max: 200, maxLength: 1_000 };

/** The samples of one operation. */
class Samples {
  readonly #byMedia = new Map<string, Sample>();
  readonly #results = memoiseText((key) => this.#find(JSON.parse(key) as SampleOptions), BOUNDS);

  constructor(
    readonly document: OpenApiDocument,
    readonly operation: Operation,
  ) {}

  find({ status, example, isMade, strictExamples, accept }: SampleOptions): Sample | NoSample {
    return this.#results(JSON.stringify({ status, example, isMade, strictExamples, accept }));
  }

  #find(options: SampleOptions): Sample | NoSample {
    const { document, operation } = this;
    const { status, accept, example } = options;
    const response = status === undefined ? successOf(document, operation) : responseWith(document, operation, status);
    if (response === undefined) {
      const responses = document.at(`${operation.pointer}/responses`);
      return { problem: 'no-response', instead: isObject(responses) ? Object.keys(responses) : [] };
    }
    const types = contentTypes(document, response);
    if (types.length === 0)
      return example === undefined ? this.#bodiless(response) : { problem: 'no-example', instead: [] };
    const offers = offersOf(types);
    const offer = negotiate(accept, offers);
    if (offer === undefined)
      return { problem: 'not-acceptable', instead: [...new Set(offers.map(({ mediaType }) => mediaType))] };
    return this.#sample(response, offer, options);
  }

  #bodiless(response: DocumentedResponse): Sample {
    const { status } = response;
    return {
      status,
      contentType: undefined,
      body: undefined,
      content: undefined,
      headers: this.#headers(response, undefined, true),
    };
  }

  #headers(
    { pointer, status }: DocumentedResponse,
    body: Json | undefined,
    useExamples: boolean,
  ): readonly ResponseHeader[] {
    return pointer === undefined ? [] : headersOf(this.document, this.operation, pointer, status, body, useExamples);
  }

  #sample(response: DocumentedResponse, offer: Offer, options: SampleOptions): Sample | NoSample {
    const { example: name, isMade = false, strictExamples = false } = options;
    const key = JSON.stringify([
      response.status,
      response.pointer,
      offer.documented,
      offer.mediaType,
      name,
      isMade,
      strictExamples,
    ]);
    const known = this.#byMedia.get(key);
    if (known) return known;
    const { document } = this;
    const media = document.target(document.canonical(`${response.pointer}/content/${escapeKey(offer.documented)}`));
    const value = sampleValue(document, media, offer.mediaType, options);
    if ('problem' in value) return value;
    const mediaType = headerText(offer.mediaType);
    const written = value.isSerialized
      ? { contentType: mediaType, content: String(value.body) }
      : writeContent(document, mediaType, value.body, value.isMade, value.schema);
    const body = written.content === undefined && value.body === undefined ? {} : value.body;
    const sample = { status: response.status, ...written, body, headers: this.#headers(response, body, !isMade) };
    this.#byMedia.set(key, sample);
    return sample;
  }
}

function contentTypes(document: OpenApiDocument, { pointer, status }: DocumentedResponse): string[] {
  if (status === 204 || status === 205 || status === 304) return [];
  const response = pointer === undefined ? undefined : document.plain(pointer);
  const content = isObject(response) ? document.follow(response['content']) : undefined;
  return isObject(content) ? Object.keys(content) : [];
}

interface SampleValue {
  readonly body: Json | undefined;
  readonly isMade: boolean;
  readonly isSerialized: boolean;
  /** Pointer of the schema. */
  readonly schema: string | undefined;
}

/** The value of a media type: by the named or the first example, else made. @param media pointer of the media type object */
function sampleValue(
  document: OpenApiDocument,
  media: string,
  mediaType: string,
  { example: name, isMade = false, strictExamples = false }: SampleOptions,
): SampleValue | NoSample {
  const schema = schemaOf(document, media, 'schema');
  const itemSchema = schemaOf(document, media, 'itemSchema');
  const examples = isMade && name === undefined ? [] : examplesAt(document, media);
  const named = name === undefined ? examples : examples.filter((one) => one.name === name);
  if (name !== undefined && named.length === 0) {
    const instead = examples.flatMap((one) => (one.name === undefined ? [] : [one.name]));
    return { problem: 'no-example', instead };
  }
  const chosen = strictExamples
    ? named.find((one) => faultOf(document, schema, mediaType, one) === undefined)
    : named[0];
  if (chosen) {
    const value = schema === undefined ? chosen.value : madeDataOf(document).answered(schema, chosen.value);
    return {
      body: chosen.isSerialized ? value : parsed(document, schema, mediaType, value),
      isMade: false,
      isSerialized: chosen.isSerialized,
      schema,
    };
  }
  const made = madeDataOf(document);
  if (schema !== undefined) return { body: made.at(schema).value, isMade: true, isSerialized: false, schema };
  if (itemSchema !== undefined) return { body: [made.at(itemSchema).value], isMade: true, isSerialized: false, schema };
  return { body: undefined, isMade: true, isSerialized: false, schema };
}

function schemaOf(document: OpenApiDocument, media: string, key: 'schema' | 'itemSchema'): string | undefined {
  const holder = document.plain(media);
  return isObject(holder) && holder[key] !== undefined ? document.canonical(`${media}/${key}`) : undefined;
}

/** Why an example is not valid by its schema; `undefined` if it is, or if its media type has no JSON values. @param isQuick see `MadeData.evidentProblemOf` */
export function faultOf(
  document: OpenApiDocument,
  schema: string | undefined,
  mediaType: string,
  example: Example,
  isQuick = false,
): string | undefined {
  if (schema === undefined || example.isSerialized || contentKind(mediaType) !== 'json') return undefined;
  const made = madeDataOf(document);
  const value = made.answered(schema, parsed(document, schema, mediaType, example.value));
  return isQuick ? made.evidentProblemOf(schema, value) : made.problemOf(schema, value);
}

/** An example of JSON that is written as a text, although the schema asks for something else, is parsed. */
function parsed(document: OpenApiDocument, schema: string | undefined, mediaType: string, value: Json): Json {
  if (typeof value !== 'string' || contentKind(mediaType) !== 'json' || !/^\s*[[{]/.test(value)) return value;
  if (schema !== undefined && madeDataOf(document).evidentProblemOf(schema, value) === undefined) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** The sample body of a response object that is not that of an operation. @param pointer canonical pointer of the response */
export function sampleContent(document: OpenApiDocument, pointer: string): Pick<Sample, 'contentType' | 'body'> {
  const [offer] = offersOf(contentTypes(document, { status: 200, pointer: document.target(pointer) }));
  if (offer === undefined) return { contentType: undefined, body: undefined };
  const media = document.target(
    document.canonical(`${document.target(pointer)}/content/${escapeKey(offer.documented)}`),
  );
  const value = sampleValue(document, media, offer.mediaType, {});
  return { contentType: headerText(offer.mediaType), body: 'problem' in value ? undefined : value.body };
}
