/**
 * Short hashes that identify credentials and bodies in the journal without revealing them.
 * @module
 */
import { hash } from 'node:crypto';

/** 12 characters of SHA-256: equal for equal texts, and not reversible. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 12);
}

/** Writes the same hash as two numbers from index `place` on, to save memory. */
export function writeHash(text: string, numbers: Float64Array, place: number): void {
  const bytes = hash('sha256', text, 'binary');
  numbers[place] = bytesAt(bytes, 0) * 0x1000000 + bytesAt(bytes, 3);
  numbers[place + 1] = bytesAt(bytes, 6);
}

function bytesAt(bytes: string, i: number): number {
  return (bytes.charCodeAt(i) << 16) | (bytes.charCodeAt(i + 1) << 8) | bytes.charCodeAt(i + 2);
}

/** Reads the hash at index `place`. */
export function readHash(numbers: Float64Array, place: number): string {
  const bytes = Buffer.alloc(9);
  bytes.writeUIntBE(numbers[place]!, 0, 6);
  bytes.writeUIntBE(numbers[place + 1]!, 6, 3);
  return bytes.toString('base64url');
}
