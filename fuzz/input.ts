/**
 * One input: what is written on one connection, and how its client ends.
 * @module
 */
import type { Random } from './random.js';

/** What a client writes on a connection of its own, and how it ends that connection. */
export interface Input {
  /** What it tries: `raw`, `control` … */
  readonly kind: string;
  /** Each is written when the one before has left. */
  readonly pieces: readonly Buffer[];
  readonly ending: Ending;
}

/**
 * `wait`: the last request asks the server to close the connection. `half`: the client closes its own side. `abort`: the client resets the connection when it has
 * written. `leave`: it does so once something has come back.
 */
export type Ending = 'wait' | 'half' | 'abort' | 'leave';

/** Makes inputs of one kind. They follow from the random numbers, and from nothing else. */
export type Generator = (random: Random) => Omit<Input, 'kind'>;

/** A body may be given as text, which is UTF-8. */
export interface RequestParts {
  readonly method?: string;
  readonly target: string;
  /** Lines without their ends. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer | undefined;
  /** Asks the server to close the connection. */
  readonly close?: boolean;
}

/** A request whose framing is right. */
export function request({ method = 'GET', target, headers = [], body, close = false }: RequestParts): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(headers.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost']),
    ...headers,
    ...(bytes === undefined ? [] : [`Content-Length: ${bytes.length}`]),
    ...(close ? ['Connection: close'] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes ?? Buffer.alloc(0)]);
}

/** Cuts bytes into pieces somewhere, now and then. */
export function inPieces(random: Random, bytes: Buffer): Buffer[] {
  if (bytes.length < 2 || !random.chance(0.15)) return [bytes];
  const cuts = Array.from({ length: random.between(1, 4) }, () => random.between(1, bytes.length - 1));
  const at = [0, ...new Set(cuts), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

/** Mostly one that gets answers. */
export function ending(random: Random): Ending {
  return random.weighted([
    [12, 'half'],
    [2, 'abort'],
    [2, 'leave'],
  ] as const);
}

/** Bytes as a text that a shell's `printf` makes them of again. */
export function shown(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return text.replace(/[^ -~]|[\\%']/g, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\r') return '\\r';
    if (char === '\n') return '\\n';
    if (char === '\\') return '\\\\';
    if (char === '%') return '%%';
    return `\\x${code.toString(16).padStart(2, '0')}`;
  });
}
