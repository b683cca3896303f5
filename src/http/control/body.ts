/**
 * Request bodies of the control API: any text that is JSON will do, whatever its content type says (`curl -d` says form data).
 * @module
 */
import type { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../../sandbox/problem.js';
import { readBody } from '../provider-app.js';
import type { ControlEnv } from './env.js';
import { parseJson } from './json-text.js';

export const MAX_BODY_BYTES = 1_048_576;

/**
 * The two halves of a route that takes a body: what its document says, and the middleware that reads it. The schema is then applied by the route itself.
 * @param example shown in the document and to who sends no JSON
 * @param required whether a body must be sent; left out, it is taken for `{}`
 */
export function jsonBody<S extends z.ZodType>(schema: S, example: z.input<S>, required = true) {
  return {
    body: {
      required,
      description: `Read as JSON whatever its content type; at most ${MAX_BODY_BYTES} bytes`,
      content: { 'application/json': { schema, example: example as unknown } },
    },
    middleware: readJson(`send JSON such as ${JSON.stringify(example)}`, required),
  };
}

function readJson(advice: string, required: boolean): MiddlewareHandler<ControlEnv> {
  return async (c, next) => {
    const { text, tooLarge } = await readBody(c.req.raw, MAX_BODY_BYTES);
    if (tooLarge) {
      throw new Problem(413, 'body-too-large', `the body is larger than ${MAX_BODY_BYTES} bytes; send less`);
    }
    const empty = text.trim() === '';
    if (empty && required) throw new Problem(400, 'missing-body', `this call needs a body; ${advice}`);
    const parsed = empty ? { value: {} } : parseJson(text);
    if ('fault' in parsed) throw new Problem(400, 'not-json', `the body is not JSON (${parsed.fault}); ${advice}`);
    const headers = new Headers(c.req.raw.headers);
    headers.set('Content-Type', 'application/json');
    headers.delete('Content-Length');
    // The validator behind this looks at the request's content type, and at its body once more.
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body: empty ? '{}' : text });
    await next();
  };
}
