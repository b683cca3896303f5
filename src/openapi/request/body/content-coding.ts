/**
 * Undoes the codings of the Content-Encoding header field (RFC 9110 section 8.4).
 * @module
 */
import { createRequire } from 'node:module';
import type * as Zlib from 'node:zlib';
import type { Violation } from '../violations.js';
import { ReceivedBody, TOO_LARGE } from './received.js';

const require = createRequire(import.meta.url);

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;

/** The codings that are understood, for an error. */
const CODINGS = ['gzip', 'deflate', 'br'];

/** More codings than any client applies. */
const MAX_CODINGS = 5;

/** A body without its codings, or what is wrong with them. A body that becomes longer than the limit is too large. */
export function undoCodings(body: ReceivedBody, header: string): ReceivedBody | Violation {
  let { bytes } = body;
  const codings = header
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) return unknown(header);
  // The last coding was applied last.
  for (const coding of codings.reverse()) {
    const decompress = decompressorOf(coding, bytes);
    if (decompress === undefined) return unknown(coding);
    try {
      bytes = decompress(bytes, { maxOutputLength: Math.min(body.limit, MAX_OUTPUT) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return TOO_LARGE;
      return {
        in: 'body',
        field: '',
        keyword: 'content-encoding',
        message: `cannot be decompressed as ${coding}: ${(error as Error).message}`,
      };
    }
  }
  return new ReceivedBody(bytes, body.limit);
}

/** Bytes, if there is no other limit. */
const MAX_OUTPUT = 1 << 30;

function decompressorOf(coding: string, bytes: Uint8Array): Decompress | undefined {
  const zlib = require('node:zlib') as typeof Zlib;
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.gunzipSync;
  if (coding === 'br') return zlib.brotliDecompressSync;
  if (coding === 'zstd') return (zlib as { zstdDecompressSync?: Decompress }).zstdDecompressSync;
  if (coding !== 'deflate') return undefined;
  // Some clients send the raw format instead of that of zlib, which begins with this nibble.
  return ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync : zlib.inflateRawSync;
}

function unknown(coding: string): Violation {
  return {
    in: 'header',
    field: 'Content-Encoding',
    keyword: 'media-type',
    message: `must be one of ${CODINGS.join(', ')}; ${JSON.stringify(coding)} is not supported`,
    expected: CODINGS,
  };
}
