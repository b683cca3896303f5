/** The parser of server-sent events, wherever the pieces of the stream end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser, type ServerSentEvent } from '../../src/ui/data/sse.js';

function parse(text: string, cuts: readonly number[] = []): ServerSentEvent[] {
  const parser = new EventParser();
  const ends = [...cuts, text.length].map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b);
  let from = 0;
  return ends.flatMap((end) => {
    const events = parser.push(text.slice(from, end));
    from = end;
    return events;
  });
}

describe('the parser of server-sent events', () => {
  it('reads events with their fields', () => {
    expect(parse(': hello\n\nid: 7\nevent: tick\ndata: {"a":1}\n\n')).toEqual([
      { id: '7', type: 'tick', data: '{"a":1}' },
    ]);
  });

  it('joins lines of data, removes one blank, and keeps the id for later events', () => {
    expect(parse('id:1\ndata:a\ndata:  b\n\ndata\n\n')).toEqual([
      { id: '1', type: 'message', data: 'a\n b' },
      { id: '1', type: 'message', data: '' },
    ]);
  });

  it('ignores events without data, unknown fields, ids with a null, and a byte order mark', () => {
    expect(parse('\uFEFFevent: a\n\nretry: 10\nfoo\nid: a\0b\ndata: x\n\n')).toEqual([
      { id: '', type: 'message', data: 'x' },
    ]);
  });

  it('does not send an event that is not complete', () => {
    expect(parse('data: x\n')).toEqual([]);
  });

  it('gives the same events wherever the pieces end, with each kind of line break', () => {
    const line = fc.constantFrom(
      'data: a',
      'data: {"b":[1,2]}',
      'event: tick',
      'id: 5',
      ': note',
      '',
      'data:',
      'other: x',
    );
    const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 8 }), (lines, cuts) => {
        const whole = lines.map(([content, end]) => content + end).join('');
        // A carriage return at the very end may still be half of a line break, so the stream goes on.
        const stream = `${whole}: end\n`;
        expect(parse(stream, cuts)).toEqual(parse(stream));
        const plain = `${lines.map(([content]) => `${content}\n`).join('')}: end\n`;
        if (lines.every(([, end], i) => end !== '\r' || lines[i + 1]?.[0] !== '' || lines[i + 1]?.[1] !== '\n'))
          expect(parse(stream)).toEqual(parse(plain));
      }),
    );
  });
});
