/**
 * Reads a text file that the user names. It must be a regular file of bounded size, because a pipe or a device may be endless, in UTF-8, or in UTF-16 with a
 * byte order mark.
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';

/** 64 MiB. A larger file is most likely a mistake. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Why a file cannot be read as text. */
export interface FileFault {
  readonly problem: string;
  readonly fix: string;
  /** The line of the fault, from 1, if it has one. */
  readonly line?: number;
}

/** Reads a file, and removes a byte order mark. @returns the text, or why it cannot be read */
export function readTextFile(file: string): string | FileFault {
  const bytes = readRegularFile(file);
  return Buffer.isBuffer(bytes) ? decodeText(bytes) : bytes;
}

function readRegularFile(file: string): Buffer | FileFault {
  let descriptor: number | undefined;
  try {
    // Before opening it: opening a pipe blocks until there is a writer.
    const fault = faultOf(statSync(file));
    if (fault) return fault;
    descriptor = openSync(file, 'r');
    return faultOf(fstatSync(descriptor)) ?? readFileSync(descriptor);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return { problem: `this cannot be read (${code})`, fix: READABLE };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const READABLE = 'give the path of a file that may be read';

function faultOf(stats: Stats): FileFault | undefined {
  if (stats.isDirectory()) return { problem: 'this is a folder', fix: READABLE };
  if (!stats.isFile()) {
    const what = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
    return { problem: `this is ${what}, which may have no end`, fix: 'give the path of a file' };
  }
  if (stats.size <= MAX_FILE_BYTES) return undefined;
  const [size, most] = [stats.size, MAX_FILE_BYTES].map((bytes) => Math.ceil(bytes / 1024 / 1024));
  return {
    problem: `this is ${size} MiB large, more than the ${most} MiB that are read`,
    fix: 'split it, or leave out what is not needed',
  };
}

const UTF8 = 'save it as UTF-8';
const LINE_FEED = 10;

/** Decodes a text in UTF-8, or in UTF-16 with a byte order mark, which is removed. @returns the text, or why it is none */
export function decodeText(bytes: Buffer): string | FileFault {
  const marked = markedUtf16(bytes);
  if (marked !== undefined) return marked;
  const encoding = otherEncoding(bytes);
  if (encoding !== undefined) return { problem: `this is written in ${encoding}`, fix: UTF8 };
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    return { problem: 'this is not a text file: it contains a zero byte', fix: UTF8, line: lineOf(bytes, zero) };
  if (!isUtf8(bytes)) return { problem: 'this line is not UTF-8', fix: UTF8, line: invalidLine(bytes) };
  const text = bytes.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** The text of bytes in UTF-16 with a byte order mark; `undefined` if there is none. */
function markedUtf16(bytes: Buffer): string | undefined {
  const mark = bytes.length % 2 === 0 ? bytes.subarray(0, 2).toString('hex') : '';
  if (mark === 'feff') return Buffer.from(bytes).swap16().toString('utf16le').slice(1);
  // FF FE 00 00 is UTF-32.
  return mark === 'fffe' && bytes.subarray(2, 4).toString('hex') !== '0000'
    ? bytes.toString('utf16le').slice(1)
    : undefined;
}

/** Detects UTF-16 and UTF-32 by the byte order mark or by the zero bytes of ASCII characters. */
function otherEncoding(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 4).toString('hex');
  if (/^(?:fffe0000|0000feff|000000..|..000000)$/.test(start)) return 'UTF-32';
  return /^(?:fffe|feff|00..00..$|..00..00$)/.test(start) ? 'UTF-16' : undefined;
}

/** The number of the first line that is not UTF-8. */
function invalidLine(bytes: Buffer): number {
  let line = 1;
  let from = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
    if (!isUtf8(bytes.subarray(from, end))) break;
    from = end + 1;
    line += 1;
  }
  return line;
}

function lineOf(bytes: Buffer, at: number): number {
  let line = 1;
  for (let next = bytes.indexOf(LINE_FEED); next >= 0 && next < at; next = bytes.indexOf(LINE_FEED, next + 1))
    line += 1;
  return line;
}
