/**
 * The recipes of docs/recipes.md, each run: on a build that is made as the Dockerfile makes it.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { endPrograms, type Program, start } from '../tools/child.js';
import { hasProgram } from '../tools/skip.js';
import { lintCompose, readCompose } from './compose.js';
import { DOCKERFILE, ENTRYPOINT, environment, HEALTHCHECK, makeImage, stages } from './dockerfile.js';
import { githubTests } from './github.js';
import { exampleProject, freePort } from './project.js';

const CHROMIUM = '/usr/bin/chromium';

const folder = temporaryFolder('recipes');
let image: string;
/** The package, as the image has it. */
let built: string;

beforeAll(async () => {
  image = await makeImage(folder.path);
  built = join(image, 'app');
});
afterEach(endPrograms);
afterAll(folder.remove);

/** Starts what the image starts, on any port of this machine alone. */
async function container(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const [, file, ...rest] = ENTRYPOINT;
  const port = await freePort();
  const settings = { ...environment(), ...env, MOCK429_HOST: '127.0.0.1', MOCK429_PORT: port };
  const program = start(process.execPath, [join(image, file!), ...rest, ...args], { cwd: built, env: settings });
  const [, url] = await program.printed(/^mock429 \S+ (http:\/\/\S+)\n/m);
  return { program, port, url: url! };
}

async function stop(program: Program): Promise<void> {
  program.signal('SIGTERM');
  expect(await program.ended).toMatchObject({ code: 0, signal: null });
}

describe('the Dockerfile', () => {
  test('has nothing that a linter complains of', () => {
    expect(validate(DOCKERFILE)).toEqual([]);
  });

  test('copies what there is, and gets no other file', () => {
    const copied = stages.flatMap(({ steps }) =>
      steps.flatMap(({ copy }) => (copy && copy.from === undefined ? copy.sources : [])),
    );
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    expect(rules[0]).toBe('*');
    expect(new Set(rules.slice(1))).toEqual(new Set(copied.map((path) => `!${path}`)));
  });

  test('pins the major version of Node, one that the package is for, and leaves nothing to root', () => {
    for (const { base } of stages) expect(base).toMatch(/^node:22-(slim|alpine)$/);
    expect(
      stages
        .at(-1)!
        .steps.filter(({ keyword }) => keyword === 'USER')
        .map(({ text }) => text),
    ).toEqual(['node']);
  });

  test('leaves the parts for one platform behind', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<
        string,
        { dev?: boolean; optional?: boolean; os?: string[]; cpu?: string[]; hasInstallScript?: boolean }
      >;
    };
    const kept = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.filter(([, one]) => one.os ?? one.cpu ?? one.optional ?? one.hasInstallScript)).toEqual([]);
    const native = (path: string): string[] =>
      readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.node'));
    expect(kept.flatMap(([path]) => native(join(ROOT, path)))).toEqual([]);
  });

  test('takes a profile by its arguments, is healthy while it serves, and ends when it is told to', async () => {
    const { program, port, url } = await container({}, ['--profile', 'klinky']);
    expect(environment()['MOCK429_HOST']).toBe('0.0.0.0');
    const response = await fetch(`${url}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } });
    expect(response.status).toBe(200);
    expect(await check(HEALTHCHECK, port)).toBe(0);
    await stop(program);
    expect(await check(HEALTHCHECK, port)).toBe(1);
  });
});

/** Runs a health check's command. @returns its exit code */
async function check([program, ...args]: readonly string[], port: string): Promise<number | null> {
  expect(program).toBe('node');
  const { code } = await start(process.execPath, args, { env: { MOCK429_PORT: port } }).ended;
  return code;
}

describe('GitHub Actions', () => githubTests(() => ({ folder: folder.path, built })));

describe('docker-compose', () => {
  const { mock429, client } = readCompose();

  test('has nothing that a linter complains of', () => {
    expect(lintCompose()).toEqual([]);
  });

  test('builds what the Dockerfile describes, and mounts what there is', () => {
    const example = join(ROOT, 'examples/docker-compose');
    expect(existsSync(join(example, mock429.build!, 'Dockerfile'))).toBe(true);
    for (const { source } of client.volumes!) expect(statSync(join(example, source)).isFile()).toBe(true);
  });

  test('has the client start once the mock is healthy, and refused when its calls are used up', async () => {
    const [kind, ...command] = mock429.healthcheck!.test;
    expect(kind).toBe('CMD');
    expect(client.depends_on).toEqual({ mock429: { condition: 'service_healthy' } });
    expect(mock429.environment['MOCK429_HOST']).toBe('0.0.0.0');

    const { program, port } = await container(mock429.environment);
    const here = (text: string) =>
      text.replace('mock429:4290', `127.0.0.1:${port}`).replace('127.0.0.1:4290', `127.0.0.1:${port}`);
    expect(await check(command.map(here), port)).toBe(0);
    const [, script] = client.command!;
    const [mounted] = client.volumes!.filter(({ target }) => target === script);
    const env = Object.fromEntries(Object.entries(client.environment).map(([name, value]) => [name, here(value)]));
    const ran = await start(process.execPath, [join(ROOT, 'examples/docker-compose', mounted!.source)], { env }).ended;
    expect(ran).toMatchObject({ code: 0, stdout: '200 0 left\n429 0 left\nstopped\n' });
    await stop(program);
    expect(await check(command.map(here), port)).toBe(1);
  });
});

describe('the shell', () => {
  const ask = 'const { status } = await fetch(process.env.KLINKY_URL + "/api/v1/public/links"); console.log(status)';

  test('runs a command beside the mock, and ends both', async () => {
    const project = exampleProject('shell', folder.path, built);
    const port = await freePort();
    const beside = (...command: string[]) =>
      start('./with-mock.sh', command, { cwd: project, env: { MOCK429_PORT: port } }).ended;
    expect(await beside('node', '--input-type=module', '-e', ask)).toMatchObject({ code: 0, stdout: '401\n' });
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
    // It can be had again at once; and what the command ended with is what the script ends with.
    expect((await beside('bash', '-c', 'exit 7')).code).toBe(7);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });

  test('says why the mock did not start', async () => {
    const project = join(folder.path, 'shell');
    const env = { MOCK429_PORT: 'nowhere' };
    const { code, stderr } = await start('./with-mock.sh', ['true'], { cwd: project, env }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('"nowhere" is not a port');
  });

  test.runIf(hasProgram('make'))('has make run the tests with it', async () => {
    const project = join(folder.path, 'shell');
    writeFileSync(join(project, 'package.json'), JSON.stringify({ scripts: { test: 'node test.mjs' } }));
    writeFileSync(join(project, 'test.mjs'), ask);
    const { code, stdout, stderr } = await start('make', ['test'], {
      cwd: project,
      env: { MOCK429_PORT: await freePort() },
    }).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^401$/m);
  });
});

describe('vitest', () => {
  const run = (project: string, ...files: string[]) =>
    start(join(ROOT, 'node_modules/.bin/vitest'), ['run', '--root', project, '--reporter=tap-flat', ...files], {
      cwd: project,
    }).ended;

  test('has one mock for a run, and a sandbox for each test', async () => {
    const project = exampleProject('vitest-global-setup', folder.path, built, ['vitest']);
    const passed = await run(project);
    expect(passed.code, passed.stdout + passed.stderr).toBe(0);
    expect(passed.stdout.match(/^ok /gm)).toHaveLength(3);

    const file = join(project, 'links.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace("headers.get('Retry-After')", "headers.get('X-RateLimit-Reset')"));
    writeFileSync(join(project, 'hasty.test.ts'), HASTY);
    const failed = await run(project, 'refusal', 'hasty');
    expect(failed.code).toBe(1);
    expect(failed.stdout.match(/^not ok .*$/gm)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('knows when to come back'),
        // Nothing in it fails; its client is judged.
        expect.stringContaining('comes back at once'),
      ]),
    );
    expect(failed.stdout.match(/^ok .*$/gm)).toEqual([expect.stringContaining('takes a failure')]);
    expect(failed.stdout).toMatch(/came back .* after being told to wait/);
  });
});

describe('helpers', () => {
  test('of vitest: a sandbox for each test, concurrent or not', async () => {
    const project = exampleProject('vitest-helpers', folder.path, built, ['vitest']);
    const args = ['run', '--root', project, '--reporter=tap-flat'];
    const { code, stdout, stderr } = await start(join(ROOT, 'node_modules/.bin/vitest'), args, { cwd: project }).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout.match(/^ok /gm)).toHaveLength(3);
  });

  test('of node:test: a client with the real URL in it', async () => {
    const project = exampleProject('node-test-helpers', folder.path, built);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
    const args = ['--test', '--test-reporter=tap'];
    const { code, stdout, stderr } = await start(process.execPath, args, { cwd: project }).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^ok 1 - the client lists links$/m);
  });

  test.runIf(hasProgram(CHROMIUM))('of Playwright: pages that ask the real address', async () => {
    const project = exampleProject('playwright-helpers', folder.path, built, [
      '@playwright/test',
      'playwright',
      'playwright-core',
    ]);
    const args = ['test', '--config', debianConfig(project), '--reporter=line'];
    const program = join(ROOT, 'node_modules/.bin/playwright');
    const { code, stdout, stderr } = await start(program, args, { cwd: project, env: { CI: '1' } }).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('2 passed');
  });
});

const HASTY = `
import { listLinks } from './links.js';
import { test } from './sandbox.js';
test('comes back at once', async ({ klinky }) => {
  await klinky.control('PUT', '/quotas', { policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
  for (let i = 0; i < 3; i++) await listLinks(klinky.url).catch(() => {});
});
`;

describe.runIf(hasProgram(CHROMIUM))('Playwright', () => {
  test('has the mock as a web server, and resets it before each test', async () => {
    const project = exampleProject('playwright', folder.path, built, [
      '@playwright/test',
      'playwright',
      'playwright-core',
    ]);
    const [mock, page] = [await freePort(), await freePort()];
    for (const name of ['playwright.config.ts', 'links.spec.ts']) {
      const file = join(project, name);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('4290', mock).replaceAll('4291', page));
    }
    const args = ['test', '--config', debianConfig(project), '--reporter=line'];
    const { code, stdout, stderr } = await start(join(ROOT, 'node_modules/.bin/playwright'), args, {
      cwd: project,
      env: { CI: '1' },
    }).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('2 passed');
    await expect(fetch(`http://127.0.0.1:${mock}`)).rejects.toThrow('fetch failed');
  });
});

/** Writes a configuration with Debian's browser in place of Playwright's own. @returns its file */
function debianConfig(project: string): string {
  const launchOptions = {
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
  };
  writeFileSync(
    join(project, 'debian.config.ts'),
    `import config from './playwright.config.ts';
     export default { ...config, use: { ...config.use, launchOptions: ${JSON.stringify(launchOptions)} } };`,
  );
  return 'debian.config.ts';
}
