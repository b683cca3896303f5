/**
 * `example`: the document's own example, else a value generated from the schema. The default for operations that the profile does not bind.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../limits/zod.js';
import type { Operation } from '../openapi/document/operation.js';
import { findSample, isSample } from '../openapi/response/sample.js';
import { memoiseWeakly } from '../runtime/memoise.js';
import { type Context, defineBehaviour, isFailure, type Library, type Reply } from './behaviour.js';
import { pace } from './options.js';
import { compileSample, noSampleInWords, replyTo, type SampleReply } from './sample-reply.js';
import { streamed } from './streams/paced.js';

const options = (z: Zod) =>
  z
    .strictObject({
      status: z.int().min(100).max(599).optional().describe('Which documented response; the first 2xx when left out'),
      example: z.string().optional().describe('Which named example; the first when left out'),
      pace: pace(z).optional(),
    })
    .describe('Sends an example of the OpenAPI document');

/** The behaviour `example`. */
export const example = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'example',
  options,
  references: ({ example: name }) => (name === undefined ? {} : { examples: [name] }),
  compile({ status, example: name, pace: given }, operation, library) {
    const reply = compileReply({ status, example: name }, operation, library);
    return given === undefined ? reply : streamedReply(reply, given);
  },
});

type Options = z.infer<ReturnType<typeof options>>;

/** A behaviour whose successes are sent in chunks. */
function streamedReply(reply: (context: Context) => Reply, { first = 0, every = 0 }: NonNullable<Options['pace']>) {
  return (context: Context): Reply => {
    const whole = reply(context);
    const { compress } = context;
    return isFailure(whole) ? whole : streamed(whole, { firstMs: first / compress, everyMs: every / compress });
  };
}

function compileReply(
  { status, example: name }: Pick<Options, 'status' | 'example'>,
  operation: Operation,
  library: Library,
): (context: Context) => Reply {
  const { document, strictExamples } = library;
  const compiled = memoiseWeakly((sample: Parameters<typeof compileSample>[0]) => compileSample(sample, library));
  const find = (context: Context): Reply => {
    const { preference, facts } = context;
    const accept = facts.header('accept');
    const wanted = { status, strictExamples, example: preference?.example ?? name, isMade: preference?.isMade };
    const result = findSample(document, operation, { ...wanted, accept });
    if (isSample(result)) return replyTo(compiled(result), context);
    const { problem, instead } = result;
    if (problem === 'no-response') return { status: status! };
    const asked = problem === 'not-acceptable' ? accept! : wanted.example!;
    const reason = noSampleInWords(operation, problem, instead, asked);
    context.log(reason);
    const refused = problem === 'not-acceptable' ? 406 : 404;
    const message = refused === 406 ? `must accept one of ${instead.join(', ')}` : reason;
    const violation = { in: 'header', field: refused === 406 ? 'Accept' : 'Prefer', keyword: 'enum', message };
    return { error: context.errorFor(refused), status: refused, detail: { violation } };
  };
  let usual: SampleReply | undefined;
  return (context) => {
    if (context.preference !== undefined || !acceptsAnything(context.facts.header('accept'))) return find(context);
    if (usual === undefined) {
      const result = findSample(document, operation, { status, example: name, strictExamples });
      usual = isSample(result) ? compiled(result) : { status: status ?? 200, constantBody: true };
    }
    return replyTo(usual, context);
  };
}

function acceptsAnything(accept: string | undefined): boolean {
  return accept === undefined || accept === '*/*';
}
