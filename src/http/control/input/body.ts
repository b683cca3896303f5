/**
 * Request bodies of the control API: any text that is JSON will do, whatever its content type says (`curl -d` says form data).
 * @module
 */
import type { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../../../sandbox/control/problem.js';
import { readBody } from '../../web/provider-app.js';
import type { ControlEnv } from '../env.js';
import { parseJson } from './json-text.js';

export const MAX_BODY_BYTES = 1_048_576;

export interface BodyOptions {
  /** Whether a body must be sent; left out, it is taken for `{}`. It must, when left out. */
  readonly required?: boolean;
  readonly maxBytes?: number;
  /** How deep its values may lie. */
  readonly maxDepth?: number;
  /** Looks at it before the schema does. @throws Problem */
  readonly check?: (value: unknown) => void;
}

/**
 * The two halves of a route that takes a body: what its document says, and the middleware that reads it. The schema is then applied by the route itself.
 * @param example shown in the document and to who sends no JSON
 */
export function jsonBody<S extends z.ZodType>(schema: S, example: z.input<S>, options: BodyOptions = {}) {
  const { required = true, maxBytes = MAX_BODY_BYTES } = options;
  return {
    body: {
      required,
      description: `Read as JSON whatever its content type; at most ${maxBytes} bytes`,
      content: { 'application/json': { schema, example: example as unknown } },
    },
    middleware: readJson(`send JSON such as ${JSON.stringify(example)}`, options),
  };
}

function readJson(advice: string, options: BodyOptions): MiddlewareHandler<ControlEnv> {
  const { required = true, maxBytes = MAX_BODY_BYTES, maxDepth, check } = options;
  return async (c, next) => {
    const read = await readBody(c.req.raw, maxBytes).catch(() => undefined);
    // The client went away in the middle of it: nothing is done, and nobody is there to be answered.
    if (!read) return c.body(null, 400);
    const { text, tooLarge } = read;
    if (tooLarge) {
      throw new Problem(413, 'body-too-large', `the body is larger than ${maxBytes} bytes; send less`);
    }
    const empty = text.trim() === '';
    if (empty && required) throw new Problem(400, 'missing-body', `this call needs a body; ${advice}`);
    const parsed = empty ? { value: {} } : parseJson(text, maxDepth);
    if ('fault' in parsed) throw new Problem(400, 'not-json', `the body is not JSON (${parsed.fault}); ${advice}`);
    check?.(parsed.value);
    const headers = new Headers(c.req.raw.headers);
    headers.set('Content-Type', 'application/json');
    headers.delete('Content-Length');
    // The validator behind this looks at the request's content type, and at its body once more.
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body: empty ? '{}' : text });
    await next();
  };
}
