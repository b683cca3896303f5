/**
 * The package as it is published: what is in it, and that it installs, runs and type-checks for somebody who has nothing else.
 */
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { typescriptExamples } from '../docs/page.js';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { copyBuild } from '../tools/built.js';
import { endPrograms, start } from '../tools/child.js';
import { PROJECT } from './project.js';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What the package may weigh, packed; a little more than it does. */
const MAX_PACKED_BYTES = 1_710_000;

/** Twice more, soon: a registry that is out of reach is not waited for. */
const RETRIES = [
  '--fetch-retries=2',
  '--fetch-retry-factor=1',
  '--fetch-retry-mintimeout=200',
  '--fetch-retry-maxtimeout=200',
];

const folder = temporaryFolder('package');
const app = join(folder.path, 'app');
let packed: Packed;
/** Why it could not be installed, where the registry is out of reach. */
let unreachable: string | undefined;

beforeAll(async () => {
  const sources = join(folder.path, 'sources');
  mkdirSync(app);
  await copyBuild(sources);
  // The build is there already. That `prepare` makes one where it is missing: test/tools/prepare.test.ts.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path];
  const pack = await start('npm', args, { cwd: sources }).ended;
  if (pack.code !== 0) throw new Error(`npm pack ended with ${pack.code}:\n${pack.stdout}${pack.stderr}`);
  packed = packResult(pack.stdout);

  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const installArgs = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    ...RETRIES,
    join(folder.path, packed.filename),
  ];
  const install = await start('npm', installArgs, { cwd: app }).ended;
  if (install.code === 0) return;
  const said = `${install.stdout}${install.stderr}`;
  const code = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|E5\d\d)\b/;
  const [reason] = code.exec(said) ?? [];
  if (reason === undefined) throw new Error(`npm install ended with ${install.code}:\n${said}`);
  unreachable = `npm could not fetch the package's dependencies (${reason}): the registry is out of reach`;
});
afterEach(endPrograms);
afterAll(folder.remove);

/** npm prints a list, or (from version 11 on) a map by name. */
function packResult(stdout: string): Packed {
  const json = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
  return Object.values(json)[0]!;
}

function manifest(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
}

/** The modules of the package: the values of its exports. */
function entries(): unknown[] {
  return Object.values(manifest()['exports'] as object);
}

const isProgram = (path: string): boolean => /\.c?js$/.test(path);

/** What must not be complained of, by kind and entry; the reason beside. */
const EXPECTED_PROBLEMS = [
  // vitest itself cannot be required.
  'CJSResolvesToESM mock429/vitest',
  // A schema, and no module. Resolution without `exports` does not find it, and nobody imports it.
  'NoResolution mock429/profile.schema.json',
];

describe('what is in it', () => {
  test('what was built, the profiles, their documents, and what npm always takes', () => {
    const others = packed.files
      .map(({ path }) => path)
      .filter((path) => !/^(dist|profiles|openapi)\//.test(path))
      .filter((path) => !['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].includes(path));
    expect(others).toEqual([]);
  });

  test('no tests, no sources, no notes', () => {
    const kinds = packed.files.filter(({ path }) => path.startsWith('dist/')).map(({ path }) => path);
    expect(
      kinds.filter(
        (path) =>
          !/\.(js|cjs|d\.ts)$|^dist\/[\w-]+\.cjs\.map$|^dist\/vitest\.js\.map$|^dist\/types\/package\.json$|^dist\/ui\/app\.css$|^dist\/precompiled\/[\w-]+\.yaml\.(jsonl|cjs)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(
      packed.files.filter(({ path }) => /\btests?\b|bench|tsbuildinfo/.test(path.replaceAll('node-test', ''))),
    ).toEqual([]);
    const data = packed.files.filter(({ path }) => /^(profiles|openapi)\//.test(path)).map(({ path }) => path);
    expect(
      data.filter(
        (path) => !/^(profiles|openapi)\/(catalogue\/)?[\w-]+\.yaml$|^profiles\/profile\.schema\.json$/.test(path),
      ),
    ).toEqual([]);
  });

  test('what the program and the modules import, and nothing that none does', () => {
    const built = packed.files.map(({ path }) => path).filter((path) => /^dist\/[^/]+\.c?js$/.test(path));
    const reached = new Set([
      'dist/cli.js',
      ...leaves(entries())
        .filter(isProgram)
        .map((path) => path.replace(/^\.\//, '')),
    ]);
    for (const path of reached) {
      const text = readFileSync(join(folder.path, 'sources', path), 'utf8');
      for (const [, file] of text.matchAll(/\b(?:from|import|require) ?\(?["'`]\.\/([^"'`]+)["'`]/g))
        reached.add(`dist/${file}`);
    }
    expect(reached.size).toBeGreaterThan(40);
    expect(built.sort()).toEqual([...reached].sort());
  });

  test('types of all that the module gives', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/index.d.ts',
        'dist/vitest.d.ts',
        'dist/types/mock.d.ts',
        'dist/types/testing/jest.d.ts',
      ]),
    );
  });

  test('everything that package.json points to', () => {
    const { main, types, bin, exports } = manifest();
    const targets = leaves([main, types, bin, exports]).map((path) => path.replace(/^\.\//, ''));
    expect(targets.length).toBeGreaterThan(4);
    const paths = packed.files.map(({ path }) => path);
    expect(targets.filter((path) => !paths.includes(path))).toEqual([]);
  });

  test(`no more than ${MAX_PACKED_BYTES} bytes, packed`, () => {
    expect(statSync(join(folder.path, packed.filename)).size).toBe(packed.size);
    expect(packed.size).toBeLessThan(MAX_PACKED_BYTES);
  });
});

/** A machine without a registry cannot install anything; where no skip is allowed, that is a failure. */
function needsRegistry({ skip }: TestContext): void {
  if (unreachable === undefined) return;
  if (process.env['MOCK429_NO_SKIP'] === '1') throw new Error(unreachable);
  skip(unreachable);
}

describe('what tools say of it', () => {
  const tarball = () => readFileSync(join(folder.path, packed.filename));

  test('the types are those of each way to load it (@arethetypeswrong/core)', async () => {
    const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball())));
    if (analysis.types === false) throw new Error('the package has no types');
    expect(Object.keys(analysis.entrypoints).sort()).toEqual(
      ['.', './jest', './node-test', './package.json', './playwright', './profile.schema.json', './vitest'].sort(),
    );
    const problems = analysis.problems.map((problem) => {
      const where = 'entrypoint' in problem ? problem.entrypoint.replace('.', 'mock429') : JSON.stringify(problem);
      return `${problem.kind} ${where}`;
    });
    expect(problems.filter((problem) => !EXPECTED_PROBLEMS.includes(problem))).toEqual([]);
    expect(EXPECTED_PROBLEMS.filter((problem) => !problems.includes(problem))).toEqual([]);
  });

  test('the manifest has no fault (publint)', async () => {
    const { publint } = await import('publint');
    const { formatMessage } = await import('publint/utils');
    const archive = tarball();
    const buffer = archive.buffer.slice(archive.byteOffset, archive.byteOffset + archive.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball: buffer as ArrayBuffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('npm would publish it without a warning', async () => {
    const args = ['publish', '--dry-run', '--ignore-scripts', '--tag', 'next', join(folder.path, packed.filename)];
    const { code, stdout, stderr } = await start('npm', args, { cwd: folder.path }).ended;
    expect({ code, warnings: stderr.match(/^npm (?:warn|error) (?!.*(?:logged in|auth)).*$/gim) }, stdout).toEqual({
      code: 0,
      warnings: null,
    });
  });
});

describe('installed', () => {
  test('npx runs it', async (context) => {
    needsRegistry(context);
    const { code, stdout } = await start('npx', ['--no-install', 'mock429', '--version'], { cwd: app }).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest()['version']}\n` });
  });

  test('it serves, tells so, and ends when it is told to', async (context) => {
    needsRegistry(context);
    // The program that npx runs. Signals are sent to it and not to npx, whose shell would die of them and leave the program alone.
    const program = start(join(app, 'node_modules/.bin/mock429'), ['--profile', 'aiclicks', '--port', '0'], {
      cwd: app,
    });
    const [line, url] = await program.printed(/^mock429 aiclicks (http:\/\/127\.0\.0\.1:\d+)\n/);
    const response = await fetch(`${url}/api/v1/domains`, { headers: { authorization: 'Bearer ak_live_xxx' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ratelimit-limit')).toBe('60');
    expect(response.headers.get('x-ratelimit-remaining')).toBe('59');
    expect(Number(response.headers.get('x-ratelimit-reset'))).toBeGreaterThan(1_700_000_000);
    expect(await response.json()).toMatchObject({ data: { total: 2 } });
    expect((await fetch(`${url}/__mock429/health`)).status).toBe(200);
    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, signal: null, stdout: line });
  });

  test('a program can import it', async (context) => {
    needsRegistry(context);
    const file = join(app, 'use.mjs');
    writeFileSync(
      file,
      `import { createMock } from 'mock429';
       const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen' });
       const response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
       console.log(response.status, response.headers.get('X-RateLimit-Remaining'));`,
    );
    expect(await start(process.execPath, [file], { cwd: app }).ended).toMatchObject({ code: 0, stdout: '200 99\n' });
  });

  test('its stack traces name the sources, with source maps', async (context) => {
    needsRegistry(context);
    const file = join(app, 'trace.cjs');
    writeFileSync(
      file,
      `const { createMock } = require('mock429');
       (async () => {
         const mock = await createMock({ profile: 'klinky' });
         mock.intercept({ unhandled: 'error' });
         await fetch('https://other.example/').catch((error) => console.log(error.stack));
         await mock.close();
       })();`,
    );
    const { stdout } = await start(process.execPath, ['--enable-source-maps', file], { cwd: app }).ended;
    const [, line] = /[\\/]mock429[\\/]src[\\/]intercept\.ts:(\d+):\d+/.exec(stdout) ?? [];
    const source = readFileSync(join(ROOT, 'src/intercept.ts'), 'utf8').split('\n');
    expect(source[Number(line) - 1], stdout).toContain('new UnhandledFetchError(');
  });

  test('it is one copy, imported or required', async (context) => {
    needsRegistry(context);
    const file = join(app, 'copies.mjs');
    writeFileSync(
      file,
      `import { createRequire } from 'node:module';
       import * as imported from 'mock429';
       import * as helper from 'mock429/node-test';
       const require = createRequire(import.meta.url);
       const required = require('mock429');
       console.log(Object.keys(required).filter((name) => required[name] !== imported[name]).join(), Object.keys(required).length > 8);
       console.log(helper.assertBehaved === required.assertBehaved, require('mock429/node-test').useMock === helper.useMock);`,
    );
    expect(await start(process.execPath, [file], { cwd: app }).ended).toMatchObject({
      code: 0,
      stdout: ' true\ntrue true\n',
    });
  });

  test('its types hold in a strict project that checks libraries too, with the types of browsers, and say what is wrong', async (context) => {
    needsRegistry(context);
    const compilerOptions = {
      ...STRICT,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: [],
    };
    writeFileSync(join(app, 'use.ts'), USE);
    writeFileSync(join(app, 'wrong.ts'), USE.replace("plan: 'growth'", 'plan: 5'));
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts', 'wrong.ts'] }));
    const { stdout } = await compile(app);
    expect(stdout.match(/^.*error TS.*$/gm)).toEqual([
      expect.stringMatching(/^wrong\.ts\(\d+,\d+\): error TS2322: Type 'number' is not assignable/),
    ]);
  });
});

describe('a project with tests of its own', () => {
  const project = join(app, 'project');
  const built = join(project, 'built');

  beforeAll(async () => {
    if (unreachable !== undefined) return;
    mkdirSync(project);
    for (const [name, text] of Object.entries(PROJECT)) writeFileSync(join(project, name), text);
    // The test runner is the project's own; this one will do.
    symlinkSync(join(ROOT, 'node_modules/vitest'), join(app, 'node_modules/vitest'), 'dir');
    const nodeTypes = { types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] };
    const compilerOptions = {
      ...STRICT,
      ...nodeTypes,
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023'],
      outDir: 'built',
      rootDir: '.',
    };
    // What vitest's own types need is not this project's concern.
    const files = Object.keys(PROJECT).filter((name) => name !== 'vitest.test.ts');
    // The examples of the documentation are checked along with it.
    for (const [name, text] of Object.entries({ ...typescriptExamples(), 'use.ts': USE })) {
      writeFileSync(join(project, name), text);
      files.push(name);
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  });

  test('its types hold with the types of node, libraries checked too, and it runs under node:test', async (context) => {
    needsRegistry(context);
    expect(await compile(project)).toMatchObject({ code: 0, stdout: '' });
    const args = ['--test', '--test-reporter=tap', join(built, 'node.test.js')];
    const { code, stdout, stderr } = await start(process.execPath, args, { cwd: app }).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^ *ok 1 - under node:test$/m);
  });

  test('it runs under vitest', async (context) => {
    needsRegistry(context);
    const args = [
      'run',
      '--root',
      project,
      '--reporter=tap-flat',
      '--exclude',
      '**/{built,node_modules}/**',
      'vitest.test',
    ];
    const { code, stdout, stderr } = await start(join(ROOT, 'node_modules/.bin/vitest'), args, { cwd: project }).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^ok 1 - vitest\.test\.ts > under vitest/m);
  });
});

const STRICT = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
};

/** Several checkers would each check what all share, for more CPU time in total. */
function compile(project: string) {
  return start(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project, '--checkers', '1'], { cwd: project }).ended;
}

/** The strings in a value, whatever it is made of. */
function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : [];
}

const USE = `
import { createMock, type Account, type ClockReading, type Fault, type Listening, type Mock, type Quota } from 'mock429';
import { builtInProfiles, ListenError, OptionError, Problem, ProfileError, UnhandledFetchError } from 'mock429';
import type { Interception, InterceptOptions } from 'mock429';

const mock: Mock = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen' });
const response: Response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
const reading: ClockReading = await mock.clock.advance('1h');
const fault: Fault = mock.faults.add({ status: 503, times: 2 });
const account: Account = mock.setAccount('klinky', 'acme', { plan: 'scale', keys: ['klinky_live_b'] });
const quotas: Quota[] = mock.sandbox('t1').quotas();
const intercept: InterceptOptions = { unhandled: 'error', origins: { 'https://staging.example': 'klinky' } };
const interceptions: Interception[] = [mock.intercept(), mock.sandbox('t1').intercept(intercept)];
for (const { restore } of interceptions) restore();
const { url, close }: Listening = await mock.listen({ port: 0 });
await close();
export const used: [number, number, string, string, number, string] =
  [response.status, reading.epochMs, fault.id, account.plan, quotas.length, url];
export const errors: ErrorConstructor[] = [ListenError, OptionError, UnhandledFetchError].map(() => Error);
export const issues = (error: unknown): string[] =>
  error instanceof ProfileError ? error.issues.map(({ file, line }) => file + line) : error instanceof Problem ? [error.code] : builtInProfiles();
`;
