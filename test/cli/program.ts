/**
 * The built program, started as a user starts it.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { copyBuild } from '../tools/built.js';
import { endPrograms, type Program, start } from '../tools/child.js';

/** The built program, for tests that start it. */
export interface Mock429 {
  /** Where it is started, for files of the tests' own. */
  readonly folder: string;
  /** Where the package lies; its files are the tests' own. */
  readonly built: string;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Program;
  /** Starts a server of one profile, and waits for its ready line. */
  serve(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly program: Program; readonly url: string }>;
}

/** Has it built before the tests of a file, ends what they started after each, and leaves nothing behind. */
export function useMock429(): Mock429 {
  const built = temporaryFolder('cli');
  const files = temporaryFolder('cli-files');
  beforeAll(() => copyBuild(built.path), 120_000);
  afterEach(endPrograms);
  afterAll(() => {
    built.remove();
    files.remove();
  });
  const run: Mock429['start'] = (args, env = {}) =>
    start(process.execPath, [join(built.path, 'dist/cli.js'), ...args], { cwd: files.path, env });
  return {
    folder: files.path,
    built: built.path,
    start: run,
    async serve(args, env) {
      const program = run(args, env);
      const [, url] = await program.printed(/^mock429 \S+ (https?:\/\/\S+)\n/m);
      return { program, url: url! };
    },
  };
}

/** The version in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Ids of the built-in profiles, in order. */
export function builtIn(): string[] {
  const names = readdirSync(join(ROOT, 'profiles')).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => name.slice(0, -'.yaml'.length)).sort();
}
