/**
 * The build that all test files share, copied for one.
 * @module
 */
import { cpSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Answer } from './build-once.js';

/** Sources and what is built of them, in a folder whose user may change them. @throws when the build fails, with what it printed */
export async function copyBuild(folder: string): Promise<void> {
  const answer = JSON.parse(await text(connect(inject('buildSocket')))) as Answer;
  if ('error' in answer) throw new Error(answer.error);
  // Dependencies are a link, and stay one.
  for (const name of readdirSync(answer.folder)) {
    cpSync(join(answer.folder, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
}
