/**
 * The files that the build writes for the built-in profiles, and the hash that ties them to the profile's own files.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonObject } from '../../openapi/document/json.js';
import type { Operation } from '../../openapi/document/operation.js';
import { packaged } from '../../package-root.js';
import { filesOf } from '../locate.js';
import type { Profile } from '../schema/schema.js';
import { readTextFile } from '../source/read-file.js';

/** A precompiled profile: the checked profile, and what was read from its document. */
export interface Artifact {
  /** Hash of both files and of the schema. */
  readonly hash: string;
  readonly profile: Profile;
  readonly basePath: string;
  readonly operations: readonly Operation[];
}
/** The parsed files. Parsed lazily, because not every start needs them. */
/** What the files say. Only some need it, and some of those later. */
export interface ArtifactFiles {
  readonly document: () => JsonObject;
  readonly source: () => unknown;
}

/** The content of both files of a profile. */
export interface Texts {
  readonly profile: string;
  readonly document: string;
}

/** Folder of the precompiled files. */
export const ARTIFACTS = packaged('dist/precompiled/');

/** The schema as text. A profile that was checked by another schema must not be used. */
const SCHEMA = packaged('profiles/profile.schema.json');
let schema: Buffer | undefined;

/** The precompiled file of a profile. @param kind `jsonl`: the `Artifact`, the document and the profile's source, one line each; `cjs`: `ReadyChecks` */
export function artifactFile(file: string, kind: 'jsonl' | 'cjs'): string {
  return join(ARTIFACTS, `${basename(file)}.${kind}`);
}

/** Reads the precompiled profile of a file; `undefined` if there is none, or if its files have changed since the build. */
export function readArtifact(file: string): (Artifact & ArtifactFiles & { readonly texts: Texts }) | undefined {
  const path = artifactFile(file, 'jsonl');
  if (!existsSync(path)) return undefined;
  const [first, document, source] = readFileSync(path, 'utf8').split('\n');
  const artifact = JSON.parse(first!) as Artifact;
  const texts = textsOf({ file, profile: artifact.profile });
  if (!texts || artifact.hash !== hashOf(texts)) return undefined;
  return {
    ...artifact,
    texts,
    document: () => JSON.parse(document!) as JsonObject,
    source: () => JSON.parse(source!) as unknown,
  };
}

/** Reads both files of a profile; `undefined` if one cannot be read. */
export function textsOf(provider: Parameters<typeof filesOf>[0]): Texts | undefined {
  const files = filesOf(provider);
  const [profile, document] = [readTextFile(files.profile), readTextFile(files.document)];
  return typeof profile === 'string' && typeof document === 'string' ? { profile, document } : undefined;
}

/** The hash of both files and of the schema. */
export function hashOf({ profile, document }: Texts): string {
  schema ??= readFileSync(SCHEMA);
  return createHash('sha256').update(schema).update(profile).update('\0').update(document).digest('base64');
}
