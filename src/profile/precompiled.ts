/**
 * Profiles checked ahead of time. Reading YAML with positions and checking it takes most of a start, so the build keeps what it read of the profiles that come with
 * the package; where a file has changed since, or a variant or setting is laid over it, it is read and checked as usual.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonObject, OpenApiDocument } from '../openapi/document.js';
import type { LoadOptions } from './load.js';
import { findProfile } from './locate.js';
import { compileProvider, type Provider } from './provider.js';
import type { Profile } from './schema.js';

const DIRECTORY = fileURLToPath(new URL('../../dist/precompiled/', import.meta.url));

/** What the schema asks and fills in, as text: what was read by another is not to be had from here. */
const SCHEMA = fileURLToPath(new URL('../../profiles/profile.schema.json', import.meta.url));
let schema: Buffer | undefined;

interface Kept {
  /** Of both files' text, and of the schema that they were read by. */
  readonly hash: string;
  readonly profile: Profile;
  readonly document: JsonObject;
}

/** Like `loadProvider`, and quicker where it may be. @throws ProfileError */
export async function openProvider(reference: string, options: LoadOptions = {}): Promise<Provider> {
  const file = findProfile(reference);
  const plain = (options.variants ?? []).length === 0 && (options.set ?? []).length === 0;
  const kept = plain ? readKept(file) : undefined;
  if (!kept) return (await import('./load.js')).loadProvider(reference, options);
  return compileProvider(kept.profile, new OpenApiDocument(kept.document), {
    file,
    variants: [],
    compress: options.compress ?? 1,
  });
}

/** Part of the build. */
export function keep({ file, profile, document }: Provider): void {
  mkdirSync(DIRECTORY, { recursive: true });
  const kept: Kept = { hash: hashOf(file, profile.openapi), profile, document: document.root };
  writeFileSync(keptFile(file), JSON.stringify(kept));
}

function readKept(file: string): Kept | undefined {
  const path = keptFile(file);
  if (!existsSync(path)) return undefined;
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  return kept.hash === hashOf(file, kept.profile.openapi) ? kept : undefined;
}

function keptFile(file: string): string {
  return join(DIRECTORY, `${basename(file)}.json`);
}

function hashOf(file: string, openapi: string): string {
  const document = resolve(dirname(file), openapi);
  schema ??= readFileSync(SCHEMA);
  const hash = createHash('sha256').update(schema).update(readFileSync(file)).update('\0');
  return (existsSync(document) ? hash.update(readFileSync(document)) : hash).digest('base64');
}
