/**
 * The build's last step: checks the profiles that come with the package, and keeps what it made of them.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { writeChecks } from '../../openapi/write-checks.js';
import { formatIssue } from '../errors.js';
import { loadProvider, readSource } from '../load.js';
import { builtInProfiles, displayPath } from '../locate.js';
import { ARTIFACTS, type Artifact, artifactFile, hashOf, textsOf } from './artifacts.js';

mkdirSync(ARTIFACTS, { recursive: true });
for (const id of builtInProfiles()) {
  const provider = loadProvider(id);
  const { file, profile, document, warnings } = provider;
  // What is kept is matched by `RegExp`.
  if (warnings.length > 0) throw new Error(warnings.map(formatIssue).join('\n'));
  const { value } = readSource(file, displayPath(file));
  for (const said of [document.root, value]) {
    // YAML can say more than JSON: infinity, for one.
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(said)), said)) throw new Error(`${id} cannot be kept as JSON`);
  }
  const { basePath, operations } = document;
  const kept: Artifact = { hash: hashOf(textsOf(provider)!), profile, basePath, operations };
  writeFileSync(artifactFile(file, 'jsonl'), [kept, document.root, value].map((one) => JSON.stringify(one)).join('\n'));
  writeFileSync(artifactFile(file, 'cjs'), writeChecks(document, kept.hash));
}
