/**
 * Where the build keeps what it made of the profiles that come with the package, and which files each was made of.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonObject, Operation } from '../../openapi/document.js';
import { packaged } from '../../package-root.js';
import { filesOf } from '../locate.js';
import type { Profile } from '../schema/schema.js';
import { readTextFile } from '../source/read-file.js';

/** What a start needs: the profile as it was checked, and what was found in its document. */
export interface Artifact {
  /** Of both files' text, and of the schema that they were read by. */
  readonly hash: string;
  readonly profile: Profile;
  readonly basePath: string;
  readonly operations: readonly Operation[];
}

/** What the files say. Only some need it, and some of those later. */
export interface ArtifactFiles {
  readonly document: () => JsonObject;
  readonly source: () => unknown;
}

export interface Texts {
  readonly profile: string;
  readonly document: string;
}

export const ARTIFACTS = packaged('dist/precompiled/');

/** What the schema asks and fills in, as text: what was read by another is not to be had from here. */
const SCHEMA = packaged('profiles/profile.schema.json');
let schema: Buffer | undefined;

/** @param kind `jsonl`: in a line each `Artifact`, the document and the profile's source; `cjs`: `ReadyChecks` */
export function artifactFile(file: string, kind: 'jsonl' | 'cjs'): string {
  return join(ARTIFACTS, `${basename(file)}.${kind}`);
}

/** What was kept of a profile, if its files have the texts yet of which that was made, and these texts. */
export function readArtifact(file: string): (Artifact & ArtifactFiles & { readonly texts: Texts }) | undefined {
  const path = artifactFile(file, 'jsonl');
  if (!existsSync(path)) return undefined;
  const [first, document, source] = readFileSync(path, 'utf8').split('\n');
  const kept = JSON.parse(first!) as Artifact;
  const texts = textsOf({ file, profile: kept.profile });
  if (!texts || kept.hash !== hashOf(texts)) return undefined;
  return {
    ...kept,
    texts,
    document: () => JSON.parse(document!) as JsonObject,
    source: () => JSON.parse(source!) as unknown,
  };
}

/** `undefined` where one of the files cannot be read. */
export function textsOf(provider: Parameters<typeof filesOf>[0]): Texts | undefined {
  const files = filesOf(provider);
  const [profile, document] = [readTextFile(files.profile), readTextFile(files.document)];
  return typeof profile === 'string' && typeof document === 'string' ? { profile, document } : undefined;
}

export function hashOf({ profile, document }: Texts): string {
  schema ??= readFileSync(SCHEMA);
  return createHash('sha256').update(schema).update(profile).update('\0').update(document).digest('base64');
}
