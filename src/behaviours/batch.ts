/**
 * `batch`: runs the requests that a body lists, each with its own policies, and answers what came of each.
 * @module
 */
import type { z } from 'zod';
import { dig } from '../limits/facts.js';
import { compileTemplate } from '../limits/render/template.js';
import type { Zod } from '../limits/zod.js';
import { type Context, defineBehaviour } from './behaviour.js';
import { withScope } from './collections/shared.js';
import { json, status } from './options.js';

const options = (z: Zod) =>
  z
    .strictObject({
      list: z.string().describe('Path of the list in the body, such as requests'),
      method: z.string().default('${part.method}').describe('Template of the method of a part; GET when it has none'),
      path: z
        .string()
        .describe('Template of the path of a part, with its query, as the server sees it: /v1.0${part.url}'),
      headers: z
        .string()
        .default('headers')
        .describe('Field of a part with its header fields; the others are those of the batch'),
      body: z.string().default('body').describe('Field of a part with its body'),
      after: z
        .strictObject({
          id: z.string().describe('Field of a part that names it'),
          needs: z.string().describe('Field of a part that lists the names of those before it'),
          answer: json(z).describe('Template of what is answered for a part whose requirements failed; may use part'),
        })
        .optional()
        .describe('Parts that depend on others'),
      most: z.int().positive().describe('The most parts that a batch may have'),
      tooMany: z.string().describe('The error for a batch that has more'),
      status: status(z).default(200),
      part: json(z).describe(
        'Template of what is answered for a part; may use part, answer.status, answer.headers and answer.body. A part that is delayed or streamed gets 503',
      ),
      answer: json(z).describe('Template of the body; may use answers (the list of them)'),
    })
    .describe('Runs the requests that a body lists, each with policies of its own');

/** Names of header fields of the batch that its parts do not have. */
const OWN = new Set(['content-length', 'content-type', 'transfer-encoding', 'content-encoding', 'prefer']);

/** The behaviour `batch`. */
export const batch = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'batch',
  options,
  references: ({ tooMany }) => ({ errors: [tooMany] }),
  templates: ({ method, path, part, answer, after }) => [method, path, part, answer, after?.answer],
  compile({ list, method, path, headers, body, after, most, tooMany, status: code, part: each, answer: whole }) {
    const [methodOf, pathOf, answerOf, bodyOf] = [method, path, each, whole].map(compileTemplate);
    const skippedOf = after && compileTemplate(after.answer);
    const at = list.split('.');

    function run(part: unknown, context: Context): { readonly status: number; readonly told: unknown } {
      const scope = withScope(context.scope, { part });
      const own = dig(part, [headers]);
      const answer = context.send({
        method: String(methodOf!.render(scope, context.now) ?? 'GET').toUpperCase(),
        target: String(pathOf!.render(scope, context.now) ?? '/'),
        headers: own !== null && typeof own === 'object' ? (own as Readonly<Record<string, unknown>>) : {},
        without: OWN,
        body: dig(part, [body]),
      });
      return { status: answer.status, told: answerOf!.render(withScope(scope, { answer }), context.now) };
    }

    return (context) => {
      const parts = dig(context.body, at);
      const all: readonly unknown[] = Array.isArray(parts) ? parts : [];
      if (all.length > most) return { error: tooMany };
      const failed = new Set<unknown>();
      const answers = all.map((part) => {
        const needs = after && dig(part, [after.needs]);
        if (Array.isArray(needs) && needs.some((name) => failed.has(name))) {
          failed.add(dig(part, [after!.id]));
          return skippedOf!.render(withScope(context.scope, { part }), context.now);
        }
        const { status: outcome, told } = run(part, context);
        if (after && outcome >= 400) failed.add(dig(part, [after.id]));
        return told;
      });
      return { status: code, body: bodyOf!.render(withScope(context.scope, { answers }), context.now) };
    };
  },
});
