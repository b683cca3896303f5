/**
 * Credentials and bodies in what is written down: told apart by a short hash.
 * @module
 */
import { hash } from 'node:crypto';

/** The same for the same text (a credential, a body), which nobody can read from it. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 12);
}

/** The same hash as numbers, two of them, where many are kept. */
export function writeHash(text: string, numbers: Float64Array, place: number): void {
  const bytes = hash('sha256', text, 'binary');
  numbers[place] = bytesAt(bytes, 0) * 0x1000000 + bytesAt(bytes, 3);
  numbers[place + 1] = bytesAt(bytes, 6);
}

function bytesAt(bytes: string, i: number): number {
  return (bytes.charCodeAt(i) << 16) | (bytes.charCodeAt(i + 1) << 8) | bytes.charCodeAt(i + 2);
}

/** The hash that stands there. */
export function readHash(numbers: Float64Array, place: number): string {
  const bytes = Buffer.alloc(9);
  bytes.writeUIntBE(numbers[place]!, 0, 6);
  bytes.writeUIntBE(numbers[place + 1]!, 6, 3);
  return bytes.toString('base64url');
}
