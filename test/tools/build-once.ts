/**
 * One build for all test files, made when the first of them asks for it: vitest's `globalSetup`.
 * @module
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { build, temporaryFolder } from './build.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Who connects to this socket is told where the build is, once it is. */
    buildSocket: string;
  }
}

/** The socket's answer: a folder, or why there is none. */
export type Answer = { readonly folder: string } | { readonly error: string };

/** Listens on the socket of `buildSocket`. @returns closes it and removes the builds */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = temporaryFolder('build');
  let builds = 0;
  let building: Promise<Answer> | undefined;
  // In watch mode something has changed since.
  project.onTestsRerun(() => {
    building = undefined;
  });
  const server = createServer((socket) => {
    building ??= buildIn(join(folder.path, String(++builds)));
    // Who asked may have been ended since.
    socket.on('error', () => {});
    void building.then((answer) => socket.end(JSON.stringify(answer)));
  });
  const path = join(folder.path, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  project.provide('buildSocket', path);
  return () => {
    server.close();
    folder.remove();
  };
}

async function buildIn(folder: string): Promise<Answer> {
  try {
    await build(folder);
    return { folder };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
