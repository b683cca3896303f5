/**
 * What a server does without until somebody needs it: most of a start is loading.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { start } from '../tools/child.js';
import { useMock429 } from './program.js';

const mock429 = useMock429();

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

const KEY = { 'x-api-key': 'klinky_live_loaded' };
const LINKS = '/api/v1/public/links';
const LINK = {
  method: 'POST',
  headers: { ...KEY, 'content-type': 'application/json' },
  body: JSON.stringify({
    name: 'x',
    variants: ['a', 'b'].map((label) => ({ label, destination_url: 'https://example.com/', weight: 50 })),
  }),
};
const FAULTY = { ...LINK, body: JSON.stringify({ variants: [] }) };

/** Starts a server, asks it, ends it. @returns its answers' statuses, and the scripts that it ran: node writes them down at its end */
async function loadedBy(args: readonly string[], requests: readonly RequestInit[]) {
  const folder = mkdtempSync(join(mock429.folder, 'coverage-'));
  const { program, url } = await mock429.serve(['--port', '0', ...args], { NODE_V8_COVERAGE: folder });
  const statuses: number[] = [];
  for (const request of requests) statuses.push((await fetch(url + LINKS, request)).status);
  program.signal('SIGTERM');
  await program.ended;
  const [file] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as Coverage;
  return { statuses, scripts: result.map(({ url }) => url).filter((url) => url.startsWith('file:')) };
}

/** What such a script is: of a package, and of Ajv what compiles. */
const OF = {
  ajv: /\/node_modules\/ajv\/dist\/(?!runtime\/)/,
  yaml: /\/node_modules\/(?:js-)?yaml\//,
  zod: /\/node_modules\/(?:zod|@hono\/zod-openapi)\//,
  bodies: /\/node_modules\/(?:fast-xml-parser|@remix-run)\//,
  negotiation: /\/node_modules\/negotiator\//,
  swagger: /\/node_modules\/@scalar\//,
  // Its router serves by itself.
  framework: /\/node_modules\/(?:@hono\/node-server|hono\/dist\/hono)/,
  checks: /\/precompiled\/[^/]*\.cjs$/,
};

function packagesOf(scripts: readonly string[]): string[] {
  return Object.entries(OF)
    .filter(([, pattern]) => scripts.some((url) => pattern.test(url)))
    .map(([name]) => name);
}

const REQUESTS = [{ headers: KEY }, LINK, FAULTY];
const STATUSES = [200, 201, 422];
const KLINKY = ['--profile', 'klinky'];

describe('a profile that comes with it', () => {
  test('is read and written without Ajv, YAML, zod, Hono and whatever makes examples', async () => {
    const { statuses, scripts } = await loadedBy(KLINKY, REQUESTS);
    expect(statuses).toEqual(STATUSES);
    expect(packagesOf(scripts)).toEqual(['checks']);
  });

  test.for([
    ['setting', ['--set', 'policies.account-hour.quota=1000']],
    ['variant', ['--variant', 'sliding-hour']],
  ] as const)('is checked again with a %s laid over it, but not read again', async ([, flags]) => {
    const { statuses, scripts } = await loadedBy([...KLINKY, ...flags], REQUESTS);
    expect(statuses).toEqual(STATUSES);
    expect(packagesOf(scripts)).toEqual(['zod', 'checks']);
  });

  test('tells what is wrong with a setting at its place, as if all had been read', async () => {
    const told = () => mock429.start([...KLINKY, '--port', '0', '--set', 'policies.account-hour.quota=-5']).ended;
    const file = join(mock429.built, 'dist/precompiled/klinky.yaml.jsonl');
    const text = readFileSync(file);
    const kept = await told();
    try {
      rmSync(file);
      expect(kept).toEqual(await told());
    } finally {
      writeFileSync(file, text);
    }
    expect(kept).toMatchObject({ code: 2, stderr: expect.stringMatching(/klinky\.yaml:\d{2,}:\d+ {2}policies/) });
  });

  test.for([
    ['of another edition', `exports.of = 'another'; exports.parameters = exports.bodies = () => ({});`],
    ['gone', undefined],
  ] as const)('does not need its checks: those that are %s are made anew', async ([, text]) => {
    const file = join(mock429.built, 'dist/precompiled/klinky.yaml.cjs');
    const kept = readFileSync(file);
    try {
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
      const { statuses, scripts } = await loadedBy(KLINKY, REQUESTS);
      expect(statuses).toEqual(STATUSES);
      expect(packagesOf(scripts)).toEqual(text === undefined ? ['ajv'] : ['ajv', 'checks']);
    } finally {
      writeFileSync(file, kept);
    }
  });

  test('is read anew when it has been edited', async () => {
    const file = join(mock429.built, 'profiles/klinky.yaml');
    const kept = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, `${kept}\n# a note\n`);
      const { statuses, scripts } = await loadedBy(KLINKY, REQUESTS);
      expect(statuses).toEqual(STATUSES);
      expect(packagesOf(scripts)).toEqual(['ajv', 'yaml', 'zod']);
    } finally {
      writeFileSync(file, kept);
    }
  });
});

describe('metrics', () => {
  test('load their library when they are first read, and not before', async () => {
    const program = `
      import { createRequire } from 'node:module';
      import { createMock } from ${JSON.stringify(pathToFileURL(join(mock429.built, 'dist/index.js')).href)};
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => /prom-client/.test(file));
      const mock = await createMock({ profile: 'klinky' });
      await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
      const before = loaded();
      await mock.metrics();
      console.log(before, loaded());
      await mock.close();`;
    const { stdout } = await start(process.execPath, ['--input-type=module', '--eval', program]).ended;
    expect(stdout.trim()).toBe('false true');
  });
});
