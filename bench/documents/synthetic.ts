/**
 * OpenAPI documents of any size, made up: many operations, schemas that refer to themselves and to one another, allOf and oneOf, examples, long descriptions.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../machine.js';
import { output } from '../output.js';
import { temporaryFolder } from '../temporary.js';
import type { Traffic } from '../traffic.js';

type Json = Record<string, unknown>;

/** A generated document, as it was written to a temporary folder. */
export interface Synthetic {
  /** Path of the profile that `mock429 init` made for the document. */
  readonly profile: string;
  /** Size of the document as JSON in UTF-8. */
  readonly bytes: number;
  /** Number of operations in the document. */
  readonly operations: number;
  /** A GET of the last resource in the document. */
  readonly traffic: Traffic;
}

const METHODS = 4;
const RING = 20;
/** Descriptions of errors are cut to this many letters. */
const SHORT = 200;
const LOREM =
  'Returned as the provider keeps it; fields that were never set are left out, and lists are in the order of creation. ';

/** Writes a document and the profile that `mock429 init` makes of it into a new folder. */
export async function makeSynthetic(operations: number, bytes: number): Promise<Synthetic> {
  const folder = temporaryFolder();
  const file = join(folder, 'document.json');
  const text = documentOf(operations, bytes);
  writeFileSync(file, text);
  await output([process.execPath, `${root}dist/cli.js`, 'init', file, '--id', 'synthetic', '--out', folder], 120_000);
  return {
    profile: join(folder, 'synthetic.profile.yaml'),
    bytes: Buffer.byteLength(text),
    operations,
    // The last resource: a router that looks from the front finds it last.
    traffic: {
      method: 'GET',
      path: `/v1/things${Math.ceil(operations / METHODS) - 1}/abc123`,
      headers: { 'X-API-Key': 'key_bench' },
      status: 200,
    },
  };
}

/** Descriptions are made so long that the document has the wanted size, or left out where it has none. */
function documentOf(operations: number, bytes: number): string {
  const size = (pad: number) => JSON.stringify(build(operations, pad)).length;
  const [bare, padded] = [size(SHORT), size(2 * SHORT)];
  return JSON.stringify(build(operations, Math.max(0, Math.round(SHORT + ((bytes - bare) * SHORT) / (padded - bare)))));
}

function build(operations: number, pad: number): Json {
  const said = LOREM.repeat(Math.ceil(pad / LOREM.length)).slice(0, pad);
  const count = Math.ceil(operations / METHODS);
  const numbers = Array.from({ length: count }, (_, i) => i);
  let left = operations;
  const take = (item: Json) => Object.fromEntries(Object.entries(item).filter(() => left-- > 0));
  const paths = numbers.flatMap((i): [string, Json][] => {
    const one = take({ get: read(i, said), put: write(i, said, 'replace') });
    const all = take({ get: list(i, said), post: write(i, said, 'create') });
    return [
      [`/things${i}/{id}`, one],
      ...(Object.keys(all).length > 0 ? [[`/things${i}`, all] as [string, Json]] : []),
    ];
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Synthetic API', version: '1' },
    servers: [{ url: 'https://synthetic.example.com/v1' }],
    security: [{ ApiKeyAuth: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { ApiKeyAuth: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
      schemas: { Base: base(), Problem: problem(), ...Object.fromEntries(numbers.flatMap((i) => schemas(i, count))) },
    },
  };
}

function read(i: number, said: string): Json {
  return { operationId: `getThing${i}`, description: said, parameters: [ID], responses: answers(i, '200', true, said) };
}

function list(i: number, said: string): Json {
  const limit = { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } };
  const content = { 'application/json': { schema: { type: 'array', items: ref(`Thing${i}`) } } };
  const responses = { ...answers(i, '200', false, said), 200: { description: said, content } };
  return { operationId: `listThings${i}`, description: said, parameters: [limit], responses };
}

function write(i: number, said: string, verb: string): Json {
  return {
    operationId: `${verb}Thing${i}`,
    description: said,
    ...(verb === 'replace' ? { parameters: [ID] } : {}),
    requestBody: { required: true, content: { 'application/json': { schema: ref(`Thing${i}`) } } },
    responses: answers(i, verb === 'create' ? '201' : '200', false, said),
  };
}

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', minLength: 1 } };

function answers(i: number, status: string, example: boolean, said: string): Json {
  const failed = { description: said.slice(0, SHORT), content: { 'application/json': { schema: ref('Problem') } } };
  const ok = { schema: ref(`Thing${i}`), ...(example ? { example: sampleOf(i) } : {}) };
  return {
    [status]: { description: said, content: { 'application/json': ok } },
    400: failed,
    404: failed,
    429: failed,
  };
}

/** A thing refers to itself, to the next thing, and to one of two forms of detail. */
function schemas(i: number, count: number): [string, Json][] {
  const thing = {
    allOf: [
      ref('Base'),
      {
        type: 'object',
        required: ['name', 'detail'],
        properties: {
          name: { type: 'string', maxLength: 200 },
          detail: { oneOf: [ref(`Circle${i}`), ref(`Square${i}`)] },
          children: { type: 'array', items: ref(`Thing${i}`), maxItems: 10 },
          next: { anyOf: [ref(`Thing${nextOf(i, count)}`), { type: 'null' }] },
          tags: { type: 'array', items: { type: 'string' }, maxItems: 20 },
        },
      },
    ],
  };
  const form = (kind: string, field: string) => ({
    type: 'object',
    required: ['kind', field],
    properties: { kind: { const: kind }, [field]: { type: 'number', minimum: 0 } },
  });
  return [
    [`Thing${i}`, thing],
    [`Circle${i}`, form('circle', 'radius')],
    [`Square${i}`, form('square', 'side')],
  ];
}

/** Things refer to one another in rings. */
function nextOf(i: number, count: number): number {
  return i % RING === RING - 1 || i === count - 1 ? i - (i % RING) : i + 1;
}

function base(): Json {
  const properties = { id: { type: 'string' }, created_at: { type: 'string', format: 'date-time' } };
  return { type: 'object', required: ['id'], properties };
}

function problem(): Json {
  const properties = {
    code: { type: 'string' },
    message: { type: 'string' },
    causes: { type: 'array', items: ref('Problem') },
  };
  return { type: 'object', required: ['code', 'message'], properties };
}

function sampleOf(i: number): Json {
  const detail = { kind: 'circle', radius: 1.5 };
  return {
    id: `thing-${i}`,
    created_at: '2026-01-01T00:00:00Z',
    name: `Thing ${i}`,
    detail,
    children: [],
    next: null,
    tags: ['a'],
  };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
