/**
 * `example`: the document's own example, else a value generated from the schema. The default for operations that the profile does not bind.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../limits/zod.js';
import { sampleResponse } from '../openapi/response/examples.js';
import { defineBehaviour, type Success } from './behaviour.js';

const options = (z: Zod) =>
  z
    .strictObject({
      status: z.int().min(100).max(599).optional().describe('Which documented response; the first 2xx when left out'),
      example: z.string().optional().describe('Which named example; the first when left out'),
    })
    .describe('Sends an example of the OpenAPI document');

/** The behaviour `example`. */
export const example = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'example',
  options,
  references: ({ example: name }) => (name === undefined ? {} : { examples: [name] }),
  compile({ status, example: name }, operation, { document }) {
    let reply: Success | undefined;
    return () => {
      if (!reply) {
        const sample = sampleResponse(document, operation, status, name) ?? {
          status: status ?? 200,
          contentType: undefined,
          body: undefined,
        };
        reply = {
          status: sample.status,
          constantBody: true,
          ...(sample.body === undefined ? {} : { body: sample.body }),
          ...(sample.contentType === undefined ? {} : { contentType: sample.contentType }),
        };
      }
      return reply;
    };
  },
});
