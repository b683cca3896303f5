/**
 * The last step of the build: checks and precompiles the built-in profiles.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { writeChecks } from '../../openapi/schema/write-checks.js';
import { formatIssue } from '../errors.js';
import { loadProvider } from '../load.js';
import { builtInProfiles, displayPath } from '../locate.js';
import { readSource } from '../source/source-files.js';
import { ARTIFACTS, type Artifact, artifactFile, hashOf, textsOf } from './artifacts.js';

mkdirSync(ARTIFACTS, { recursive: true });
for (const id of builtInProfiles()) {
  const provider = loadProvider(id);
  const { file, profile, document, warnings } = provider;
  // The precompiled checks use `RegExp`, so no pattern may need another matcher.
  if (warnings.length > 0) throw new Error(warnings.map(formatIssue).join('\n'));
  const { value } = readSource(file, displayPath(file));
  for (const content of [document.root, value]) {
    // YAML can express values that JSON cannot, such as Infinity.
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(content)), content))
      throw new Error(`${id} cannot be kept as JSON`);
  }
  const { basePath, operations } = document;
  const artifact: Artifact = { hash: hashOf(textsOf(provider)!), profile, basePath, operations };
  writeFileSync(
    artifactFile(file, 'jsonl'),
    [artifact, document.root, value].map((one) => JSON.stringify(one)).join('\n'),
  );
  writeFileSync(artifactFile(file, 'cjs'), writeChecks(document, artifact.hash));
}
