/** Bodies that exist as a whole, sent an event or a line at a time. */
import { describe, expect, test } from 'vitest';
import type { Success } from '../../src/behaviours/behaviour.js';
import { streamed } from '../../src/behaviours/streams/paced.js';
import { Pieces } from '../../src/behaviours/streams/pieces.js';

const PACE = { firstMs: 5, everyMs: 7 };

const streamOf = (reply: Omit<Success, 'status'>) => streamed({ status: 200, ...reply }, PACE).stream;
const textsOf = (reply: Omit<Success, 'status'>) => [...streamOf(reply)!.chunks()].map(({ text }) => text);

describe('the chunks of a body', () => {
  test.each([
    ['text/event-stream', 'data: a\n\n\n: b\n\ndata: c\n\n', ['data: a\n\n\n', ': b\n\n', 'data: c\n\n']],
    ['text/event-stream; charset=utf-8', 'data: a\r\n\r\ndata: b\r\n\r\n', ['data: a\r\n\r\n', 'data: b\r\n\r\n']],
    ['text/event-stream', 'data: a\n\ndata: unfinished', ['data: a\n\n', 'data: unfinished']],
    ['application/x-ndjson', '{"a":1}\n{"b":2}\n', ['{"a":1}\n', '{"b":2}\n']],
    ['text/plain', 'a\r\nb', ['a\r\n', 'b']],
    ['text/plain', '', []],
  ])('of %s: %j', (contentType, text, chunks) => {
    expect(textsOf({ text, contentType })).toEqual(chunks);
    expect(textsOf({ body: text, contentType })).toEqual(chunks);
  });

  test('of a value that is no text', () => {
    expect(textsOf({ body: { a: 1 } })).toEqual(['{"a":1}']);
    expect(textsOf({ body: 'a' })).toEqual(['"a"']);
    expect(streamOf({})).toBeUndefined();
    expect(streamOf({ text: new Uint8Array([1]), contentType: 'image/png' })).toBeUndefined();
  });

  test('come at their pace', () => {
    const chunks = [...streamOf({ text: 'a\nb\nc\n', contentType: 'text/plain' })!.chunks()];
    expect(chunks.map(({ afterMs }) => afterMs)).toEqual([5, 7, 7]);
  });
});

describe('the body of a stream so far', () => {
  const events = [
    'event: start\ndata: {"message":{"id":"m","usage":{"input":9,"output":1}},"usage":null}\n\n',
    ': a comment\n\n',
    'data: {"usage":{"output":4},\ndata: "last":true}\n\n',
    'data: [1]\n\n',
    'data: {"usage":null,"message":{"usage":{"output":5}}}\n\n',
    'data: [DONE]\n\n',
  ];
  const stream = streamOf({ text: events.join(''), contentType: 'text/event-stream' })!;

  test.each([
    [0, undefined],
    [1, { message: { id: 'm', usage: { input: 9, output: 1 } }, usage: null }],
    [3, { message: { id: 'm', usage: { input: 9, output: 1 } }, usage: { output: 4 }, last: true }],
    [99, { message: { id: 'm', usage: { input: 9, output: 5 } }, usage: { output: 4 }, last: true }],
    [2, { message: { id: 'm', usage: { input: 9, output: 1 } }, usage: null }],
  ])('after %i chunks has its objects merged', (chunks, body) => {
    expect(stream.bodyAfter(chunks)).toEqual(body);
  });

  test('is the whole body if that has no objects', () => {
    const text = streamOf({ body: 'a\nb', contentType: 'text/plain' })!;
    expect([text.bodyAfter(1), text.bodyAfter(2)]).toEqual([undefined, 'a\nb']);
  });

  test('reads the records of a JSON text sequence', () => {
    const text = streamOf({ text: '\u001e{"a":1}\n\u001e{"b":2}\n', contentType: 'application/json-seq' })!;
    expect(text.bodyAfter(2)).toEqual({ a: 1, b: 2 });
  });
});

describe('the pieces of a text', () => {
  const all = (pieces: Pieces) => Array.from({ length: pieces.length }, (_, i) => pieces.at(i));

  test.each([
    ['words', 'One two,  three', ['One', ' two,', '  three']],
    ['characters', 'a👧b', ['a', '👧', 'b']],
    ['tokens', 'One two, three', ['One', ' two', ',', ' three']],
  ] as const)('%s', (split, text, pieces) => {
    expect(all(new Pieces(text, split))).toEqual(pieces);
    expect(all(new Pieces(text, split)).join('')).toBe(text);
  });

  test('begin again behind the last', () => {
    const pieces = new Pieces('a b', 'words');
    expect([2, 3, 4].map((i) => pieces.at(i))).toEqual([' a', ' b', ' a']);
  });

  test('of no text are empty', () => {
    expect(new Pieces('', 'words').at(3)).toBe('');
  });
});
