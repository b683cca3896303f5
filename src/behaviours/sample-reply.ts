/**
 * Replies from samples of the document, for the behaviours that send them.
 * @module
 */
import type { HeaderFields } from '../limits/render/header-text.js';
import type { Operation } from '../openapi/document/operation.js';
import type { HeaderRequest } from '../openapi/response/location.js';
import type { Sample } from '../openapi/response/sample.js';
import type { Context, Library, Success } from './behaviour.js';

/** A reply that is the same for each request, or a function of the request. */
export type SampleReply = Success | ((request: HeaderRequest) => Success);

/** Compiles a sample into a reply. Documented headers that the profile sends by its own rules are left out. */
export function compileSample(sample: Sample, { sendsHeader }: Pick<Library, 'sendsHeader'>): SampleReply {
  const headers: HeaderFields = {};
  const dependent: (readonly [name: string, value: (request: HeaderRequest) => string])[] = [];
  for (const { name, value } of sample.headers) {
    if (!sendsHeader(name)) continue;
    if (typeof value === 'function') dependent.push([name, value]);
    else headers[name] = value;
  }
  const reply: Success = {
    status: sample.status,
    constantBody: true,
    headers,
    ...(sample.body === undefined ? {} : { body: sample.body }),
    ...(sample.content === undefined ? {} : { text: sample.content }),
    ...(sample.contentType === undefined ? {} : { contentType: sample.contentType }),
  };
  if (dependent.length === 0) return reply;
  return (request) => {
    const own = Object.fromEntries(dependent.map(([name, value]) => [name, value(request)]));
    return { ...reply, headers: { ...headers, ...own } };
  };
}

/** The reply to a request. */
export function replyTo(reply: SampleReply, context: Pick<Context, 'facts' | 'scope'>): Success {
  if (typeof reply !== 'function') return reply;
  const { path, params } = context.facts;
  return reply({ path, params, base: () => String(context.scope(['request', 'base'])) });
}

/** Why there is no sample, in words. @param named name of the example that was asked for */
export function noSampleInWords(
  { id }: Pick<Operation, 'id'>,
  problem: 'no-response' | 'no-example' | 'not-acceptable',
  instead: readonly string[],
  asked: string,
): string {
  const known = instead.length === 0 ? 'there are none' : `there are ${instead.slice(0, 10).join(', ')}`;
  const words = {
    'no-response': `${id} documents no response with status ${asked}; ${known}`,
    'no-example': `${id} has no example ${JSON.stringify(asked)}; ${known}`,
    'not-acceptable': `${id} answers with ${instead.join(', ')}, none of which the request accepts (Accept: ${asked})`,
  };
  return words[problem];
}
