/**
 * The built files of the dashboard. They are read when a browser first asks for them, and then kept.
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packaged } from '../../package-root.js';

/** A file as it is sent. */
export interface Asset {
  readonly body: string;
  readonly type: string;
  /** Entity tag: changes with the content. */
  readonly etag: string;
}

/** The files, with their media types. Nothing else in the folder is served. */
const TYPES: Readonly<Record<string, string>> = {
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
};

/** Reads the files of a folder. */
export class Assets {
  readonly #folder: string;
  readonly #read = new Map<string, Asset>();

  /** @param folder where the build has put them */
  constructor(folder: string = packaged('dist/ui')) {
    this.#folder = folder;
  }

  /** Whether there is a file of that name, built or not. */
  has(name: string): boolean {
    return Object.hasOwn(TYPES, name);
  }

  /** The names of all files. */
  get names(): readonly string[] {
    return Object.keys(TYPES);
  }

  /** The file; `undefined` where it has not been built. */
  get(name: string): Asset | undefined {
    const known = this.#read.get(name);
    if (known) return known;
    let body: string;
    try {
      body = readFileSync(`${this.#folder}/${name}`, 'utf8');
    } catch {
      return undefined;
    }
    const asset = asAsset(body, TYPES[name]!);
    this.#read.set(name, asset);
    return asset;
  }
}

/** Makes a file of a text. */
export function asAsset(body: string, type: string): Asset {
  return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
