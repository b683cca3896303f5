/**
 * Loads precompiled profiles. Parsing YAML with positions and checking it dominates a start, and loading Ajv and compiling schemas dominates the first
 * request, so the build precompiles the built-in profiles. With variants or settings, the profile is checked as usual, but its files need not be parsed. If a
 * file has changed since the build, the profile is loaded as usual.
 * @module
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { OpenApiDocument } from '../../openapi/document/document.js';
import { type Checks, compileChecks, lazyChecks } from '../../openapi/schema/checks.js';
import { type ReadyChecks, readyChecks } from '../../openapi/schema/ready-checks.js';
import { compileProvider, type Provider } from '../compiled/provider.js';
import type { LoadOptions } from '../load.js';
import { filesOf, findProfile, profileFile } from '../locate.js';
import { artifactFile, readArtifact } from './artifacts.js';

const require = createRequire(import.meta.url);

/** How a profile is opened. */
export interface OpenProviderOptions extends LoadOptions {
  /** Whether references of its document to other servers are fetched. Default: false. */
  readonly allowRemoteRefs?: boolean | undefined;
}

/** Like `loadProvider`, but uses precompiled files if possible. @throws ProfileError */
export async function openProvider(reference: string, options: OpenProviderOptions = {}): Promise<Provider> {
  const { variants = [], set = [], compress = 1, strictExamples, ietf, onRead } = options;
  onRead?.(profileFile(reference), undefined);
  const file = findProfile(reference);
  const artifact = readArtifact(file);
  if (!artifact) {
    const { loadProvider, fetchReferences } = await import('../load.js');
    const fetched = options.allowRemoteRefs ? await fetchReferences(file) : undefined;
    return loadProvider(reference, { ...options, fetched });
  }
  const { hash, profile, texts } = artifact;
  const checksOf = (document: OpenApiDocument) =>
    lazyChecks(() => readChecks(file, hash, document) ?? compileChecks(document));
  if (variants.length === 0 && set.length === 0) {
    const read = filesOf({ file, profile });
    onRead?.(read.profile, texts.profile);
    onRead?.(read.document, texts.document);
    const document = new OpenApiDocument(artifact.document, artifact);
    const checks = checksOf(document);
    return compileProvider(profile, document, { file, variants: [], compress, strictExamples, ietf, checks });
  }
  const [{ loadProvider }, { cacheSource }] = await Promise.all([
    import('../load.js'),
    import('../source/source-files.js'),
  ]);
  const files = filesOf({ file, profile });
  const root = artifact.document();
  cacheSource(file, texts.profile, artifact.source());
  cacheSource(files.document, texts.document, root);
  // A setting may name another document.
  return loadProvider(reference, options, (document) => (document.root === root ? checksOf(document) : undefined));
}

function readChecks(file: string, hash: string, document: OpenApiDocument): Checks | undefined {
  const path = artifactFile(file, 'cjs');
  if (!existsSync(path)) return undefined;
  const ready = require(path) as ReadyChecks;
  return ready.of === hash ? readyChecks(ready, () => compileChecks(document)) : undefined;
}
