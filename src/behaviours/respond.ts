/**
 * `respond`: a response from templates, on its own or merged over a documented example. For status endpoints, for example.
 * @module
 */
import type { z } from 'zod';
import { compileTemplate, renewable } from '../limits/render/template.js';
import { compileCondition } from '../limits/rules/matching.js';
import type { Zod } from '../limits/zod.js';
import type { OpenApiDocument } from '../openapi/document/document.js';
import type { Json } from '../openapi/document/json.js';
import type { Operation } from '../openapi/document/operation.js';
import { contentKind } from '../openapi/media-type.js';
import { writeEvents, writeJsonLines, writeJsonSequence } from '../openapi/response/content/sequences.js';
import { sampleResponse } from '../openapi/response/sample.js';
import { type Context, defineBehaviour, type Reply, type Success } from './behaviour.js';
import { conditionSchema, contentType, status as finalStatus, json, pace } from './options.js';
import { streamed } from './streams/paced.js';

const answer = (z: Zod) => ({
  status: finalStatus(z).optional().describe("Status of the response; the example's when left out"),
  example: z.string().optional().describe('Name of the documented example to start from; the first when left out'),
  body: json(z).optional().describe('The whole body, as a template, in place of the example'),
  patch: json(z).optional().describe('A template merged over the example, key by key'),
  contentType: contentType(z).optional(),
  pace: pace(z).optional(),
});

const options = (z: Zod) =>
  z
    .strictObject({
      ...answer(z),
      cases: z
        .array(z.strictObject({ when: conditionSchema(z).describe('Requests that get this answer'), ...answer(z) }))
        .optional()
        .describe('Other answers for some requests; the first whose condition holds is taken'),
    })
    .describe('Sends a fixed or templated response');

type Answer = Omit<z.infer<ReturnType<typeof options>>, 'cases'>;

/** The behaviour `respond`. */
export const respond = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'respond',
  options,
  references: (given) => ({
    examples: [given, ...(given.cases ?? [])].flatMap(({ example }) => (example === undefined ? [] : [example])),
  }),
  conditions: ({ cases = [] }) => cases.map(({ when }) => when),
  templates: (given) => [given, ...(given.cases ?? [])].flatMap(({ body, patch }) => [body, patch]),
  compile({ cases = [], ...fallback }, operation, { document }) {
    const special = cases.map(({ when, ...given }) => ({
      holds: compileCondition(when),
      render: compileAnswer(given, operation, document),
    }));
    const defaultAnswer = compileAnswer(fallback, operation, document);
    return (context) => (special.find(({ holds }) => holds(context.facts))?.render ?? defaultAnswer)(context);
  },
});

function compileAnswer(answer: Answer, operation: Operation, document: OpenApiDocument): (context: Context) => Reply {
  const { contentType, pace: given } = answer;
  const content = contentType === undefined ? {} : { contentType };
  const kind = contentType === undefined ? 'json' : contentKind(contentType);
  const write = SEQUENCES[kind as keyof typeof SEQUENCES];
  const render = compileBody(answer, operation, document);
  if (given === undefined && write === undefined) return (context) => ({ ...render(context), ...content });
  const { first = 0, every = 0 } = given ?? {};
  return (context) => {
    const { compress } = context;
    const reply: Success = { ...render(context), ...content };
    const { body } = reply;
    const isValue = write !== undefined && typeof body !== 'string';
    const written = isValue ? { ...reply, text: write((body ?? {}) as Json) } : reply;
    return streamed(written, { firstMs: first / compress, everyMs: every / compress });
  };
}

/** How values are written as content that is a sequence. A text is sent as it is. */
const SEQUENCES = {
  'event-stream': writeEvents,
  'json-lines': writeJsonLines,
  'json-sequence': writeJsonSequence,
} as const;

function compileBody(
  { status, body, patch, example }: Answer,
  operation: Operation,
  document: OpenApiDocument,
): (context: Context) => Success {
  if (body !== undefined) {
    const template = compileTemplate(body);
    return ({ scope, now }) => ({
      status: status ?? sampleResponse(document, operation)?.status ?? 200,
      ...renewable(template, scope, now),
      constantBody: template.constant,
    });
  }
  const changes = compileTemplate(patch ?? {});
  return ({ scope, now }) => {
    const sample = sampleResponse(document, operation, { status, example }) ?? { status: status ?? 200, body: {} };
    return { status: sample.status, ...renewable(changes, scope, now, (patch) => mergePatch(sample.body, patch)) };
  };
}

/** A JSON merge patch (RFC 7396), except that `null` sets null instead of deleting: providers do send nulls. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const base = target !== null && typeof target === 'object' && !Array.isArray(target) ? target : {};
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = mergePatch(merged[key], value);
  return merged;
}
