/**
 * Requests within a request, such as those of a batch: each goes the whole way of a request, and has a row of its own in the journal.
 * @module
 */
import type { Part, PartAnswer } from '../../behaviours/behaviour.js';
import { headerText } from '../../limits/render/header-text.js';
import { ReceivedBody } from '../../openapi/request/body/received.js';
import type { Answer } from './answer.js';
import type { Arrival } from './request.js';
import type { Exchange } from './state.js';

/** What a part gets that cannot be answered at once, or that contains parts itself. */
const UNAVAILABLE: PartAnswer = { status: 503, headers: {}, body: null };

/** Handles a part in the same turn. Nothing waits for it: a part that is delayed ends as if its client had gone. */
export function sendPart({ core, providerState, request, handlePart }: Exchange, part: Part): PartAnswer {
  if (!handlePart) return UNAVAILABLE;
  const done: (() => void)[] = [];
  const answer = handlePart(
    core,
    providerState,
    arrivalOf(request.arrival, part),
    { onDone: (listener) => done.push(listener) },
    true,
  );
  for (const listener of done) listener();
  return answer instanceof Promise || answer.stream !== undefined ? UNAVAILABLE : answered(answer);
}

function arrivalOf(around: Arrival, { method, target, headers, without, body }: Part): Arrival {
  const own = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const isText = typeof body === 'string';
  if (body !== undefined && !own.has('content-type'))
    own.set('content-type', isText ? 'text/plain' : 'application/json');
  const mark = target.indexOf('?');
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? '' : target.slice(mark + 1),
    header: (name) => own.get(name) ?? (without.has(name) ? undefined : around.header(name)),
    ip: around.ip,
    body: ReceivedBody.of(body === undefined ? '' : isText ? body : JSON.stringify(body)),
    ...(around.base && { base: around.base }),
  };
}

function answered({ status, headers, body }: Answer): PartAnswer {
  const named = Object.entries(headers).map(([name, value]) => [name, headerText(String(value))]);
  return { status, headers: Object.fromEntries(named) as Record<string, string>, body: contentOf(body) };
}

function contentOf(body: Answer['body']): unknown {
  if (body === null) return null;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
