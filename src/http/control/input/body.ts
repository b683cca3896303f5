/**
 * Reads request bodies of the control API. It accepts any text that is JSON, whatever its content type (`curl -d` sends form data).
 * @module
 */
import type { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../../../sandbox/control/problem.js';
import { readBody } from '../../web/provider-app.js';
import type { ControlEnv } from '../env.js';
import { parseJson } from './json-text.js';

/** Default limit of a request body, in bytes. */
export const MAX_BODY_BYTES = 1_048_576;

/** Options of `jsonBody()`. */
export interface BodyOptions {
  /** Whether a body is required; default: true. A missing optional body counts as `{}`. */
  readonly required?: boolean;
  /** Largest body, in bytes; default: `MAX_BODY_BYTES`. */
  readonly maxBytes?: number;
  /** Deepest nesting of values. */
  readonly maxDepth?: number;
  /** Checks the value before the schema does. @throws Problem */
  readonly check?: (value: unknown) => void;
}

/**
 * The two parts of a route that takes a body: its entry in the OpenAPI document, and the middleware that reads the body. The route itself then applies the
 * schema.
 *
 * @param example shown in the document, and in the error for a body that is not JSON
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
    // The client disconnected in the middle of the body: do nothing, there is no one to answer.
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
    // The validator that follows checks the content type and reads the body again.
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body: empty ? '{}' : text });
    await next();
  };
}
