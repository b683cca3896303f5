/**
 * The rules that keep the parts apart: which way imports run, who may ask the time, touch the process or files, and that no provider is known to the code.
 */
import { describe, expect, test } from 'vitest';
import { algorithms } from '../src/limits/algorithms/index.js';
import { builtInProfiles } from '../src/profile/locate.js';
import { readImports, readSource, readSources, readUndocumented, type SourceFile } from './architecture/source.js';

const { server: sources, ui } = readSources();
const byPath = new Map(sources.map((source) => [source.path, source]));

/** Layers from the bottom up, by the longest prefix that fits, and the layers that each may import besides itself. */
const BASE = ['limits', 'limits/render', 'state', 'openapi', 'patterns', 'runtime/memoise.ts'];
const LEAVES = [
  'runtime/clock.ts',
  'runtime/current-work.ts',
  'runtime/disposal.ts',
  'runtime/folders.ts',
  'package-root.ts',
  'runtime/version.ts',
];
const LAYERS: Record<string, readonly string[]> = {
  limits: ['patterns', 'runtime/memoise.ts'],
  'limits/render': ['limits', 'runtime/memoise.ts'],
  state: ['limits', 'limits/render'],
  patterns: ['runtime/memoise.ts'],
  openapi: ['limits', 'limits/render', 'patterns', 'runtime/memoise.ts'],
  behaviours: BASE,
  verdict: ['limits', 'state', 'runtime/memoise.ts'],
  'verdict/render': ['limits', 'verdict', 'state', 'runtime/version.ts'],
  profile: [...BASE, 'behaviours', 'verdict', 'package-root.ts', 'runtime/current-work.ts'],
  sandbox: [...BASE, 'behaviours', 'verdict', 'profile', ...LEAVES],
  http: [...BASE, 'behaviours', 'verdict', 'verdict/render', 'profile', 'sandbox', ...LEAVES],
  'options/profile-source.ts': ['profile'],
  'options/documents.ts': ['profile', 'sandbox', 'options/profile-source.ts'],
  'options/scoped.ts': ['profile'],
  'options/profile-names.ts': ['profile', 'options/scoped.ts'],
  'options/options.ts': [
    'limits',
    'profile',
    'sandbox',
    'http',
    'options/profile-source.ts',
    'options/documents.ts',
    'options/scoped.ts',
    'options/profile-names.ts',
    ...LEAVES,
  ],
  'options/check.ts': ['profile', 'options/options.ts', 'options/scoped.ts'],
  'interception.ts': [...LEAVES],
  'intercept.ts': ['profile', 'http', 'interception.ts', 'options/options.ts', ...LEAVES],
  'reload.ts': ['profile', 'sandbox', 'options/profile-source.ts', 'options/options.ts'],
  'mock-sandbox.ts': ['sandbox', 'http', 'interception.ts', ...LEAVES],
  'surface.ts': ['sandbox', 'http', 'mock-sandbox.ts'],
  replicas: [
    ...BASE,
    'behaviours',
    'verdict',
    'profile',
    'sandbox',
    'http',
    'replicas/log',
    'replicas/shared-log.ts',
    'runtime/due-queue.ts',
    ...LEAVES,
  ],
  'mock.ts': [
    ...BASE,
    'replicas',
    'behaviours',
    'profile',
    'sandbox',
    'http',
    'options/options.ts',
    'options/check.ts',
    'intercept.ts',
    'interception.ts',
    'reload.ts',
    'surface.ts',
    'mock-sandbox.ts',
    ...LEAVES,
  ],
  'testing/behaved.ts': ['state', 'verdict', 'verdict/render'],
  testing: [
    'profile',
    'verdict',
    'options/options.ts',
    'interception.ts',
    'mock-sandbox.ts',
    'mock.ts',
    'testing/assert.ts',
    'testing/behaved.ts',
  ],
  'testing/assert.ts': ['testing/behaved.ts'],
  'index.ts': [
    ...BASE,
    'testing/assert.ts',
    'testing/behaved.ts',
    'behaviours',
    'profile',
    'sandbox',
    'http',
    'options/options.ts',
    'interception.ts',
    'reload.ts',
    'surface.ts',
    'mock-sandbox.ts',
    'mock.ts',
    'verdict',
    'verdict/render',
    ...LEAVES,
  ],
  commands: [
    ...BASE,
    'replicas',
    'replicas/log',
    'replicas/shared-log.ts',
    'behaviours',
    'verdict',
    'verdict/render',
    'profile',
    'sandbox',
    'http',
    'options/options.ts',
    'surface.ts',
    'mock-sandbox.ts',
    'mock.ts',
    ...LEAVES,
  ],
  'cli.ts': ['commands'],
  'replicas/shared-log.ts': [],
  'replicas/log': ['replicas/shared-log.ts'],
  'runtime/clock.ts': ['runtime/due-queue.ts', 'runtime/current-work.ts'],
  'runtime/current-work.ts': [],
  'runtime/due-queue.ts': [],
  'runtime/disposal.ts': [],
  'runtime/folders.ts': [],
  'runtime/memoise.ts': [],
  'package-root.ts': [],
  'runtime/version.ts': ['package-root.ts'],
};

/** Where packages (and node's own modules) belong. `limits` knows of none but zod. */
const PACKAGES: Record<string, readonly string[]> = {
  zod: ['limits', 'state/journal/fact.ts', 'behaviours', 'verdict', 'profile', 'sandbox'],
  yaml: ['profile/source/positions.ts', 'commands/starter/write.ts'],
  // Reads large files, without positions.
  'js-yaml': ['profile/source/fast-parse.ts'],
  ajv: ['openapi/schema'],
  'ajv-formats': ['openapi/schema'],
  '@scalar/openapi-upgrader': ['openapi/document/swagger.ts'],
  re2js: ['patterns/linear.ts'],
  'gpt-tokenizer': ['limits/rules/texts.ts'],
  graphql: ['limits/rules/graphql-cost.ts'],
  '@remix-run/multipart-parser': ['openapi/request/body/multipart.ts'],
  'fast-xml-parser': ['openapi/request/body/xml.ts', 'openapi/response/content/xml.ts'],
  negotiator: ['openapi/response/negotiation.ts'],
  hono: ['http'],
  '@hono/zod-openapi': ['http'],
  '@hono/node-server': ['http/web/listener.ts'],
  commander: ['commands'],
  vitest: ['testing/vitest.ts'],
  '@jest/globals': ['testing/jest.ts'],
  expect: ['testing/jest.ts'],
  '@playwright/test': ['testing/playwright.ts'],
  'node:test': ['testing/node-test.ts'],
  'node:assert': ['testing/assert.ts'],
  'prom-client': ['http/metrics/metrics.ts'],
  '@redis/client': ['replicas/log/connection.ts'],
  'node:perf_hooks': ['http/metrics/metrics.ts'],
  '@peculiar/x509': ['http/tls/certificates.ts'],
  'node:diagnostics_channel': ['http/interception/connections.ts'],
  'node:dns': ['http/webhooks/target.ts'],
  'node:http': ['http', 'intercept.ts'],
  'node:http2': ['http/tls'],
  'node:https': ['http/webhooks/webhooks.ts'],
  'node:net': ['http', 'intercept.ts'],
  'node:tls': ['http/tls', 'http/interception/connections.ts', 'commands/run-variables.ts'],
  'node:stream': ['http'],
  'node:crypto': [
    'profile',
    'sandbox',
    'http',
    'replicas/join.ts',
    'verdict/render/html/html.ts',
    'commands/run-variables.ts',
  ],
  'node:buffer': ['profile/source/read-file.ts', 'replicas/inputs.ts'],
  'node:fs': [
    'replicas/log/connection.ts',
    'profile/source/read-file.ts',
    'profile/load.ts',
    'profile/locate.ts',
    'profile/document/open.ts',
    'profile/document/reference.ts',
    'profile/precompiled/artifacts.ts',
    'profile/precompiled/load.ts',
    'profile/precompiled/build.ts',
    'http/judging/proc.ts',
    'http/tls/certificate-files.ts',
    'commands/run-variables.ts',
    'http/ui/assets.ts',
    'commands/init.ts',
    'commands/files/watch.ts',
    'runtime/folders.ts',
    'commands/files/report-files.ts',
    'commands/files/file-lock.ts',
    'commands/files/state-file.ts',
    'cli.ts',
  ],
  'node:fs/promises': ['commands/files/state-file.ts'],
  'node:path': [
    'http/tls/certificate-files.ts',
    'profile/load.ts',
    'profile/document/open.ts',
    'profile/document/reference.ts',
    'profile/locate.ts',
    'profile/precompiled/artifacts.ts',
    'profile/precompiled/load.ts',
    'profile/precompiled/build.ts',
    'commands/init.ts',
    'commands/files/watch.ts',
    'runtime/folders.ts',
    'commands/files/report-files.ts',
    'commands/files/state-file.ts',
  ],
  'node:url': ['package-root.ts', 'profile/document/open.ts'],
  'node:child_process': ['cli.ts'],
  'node:cluster': ['commands/workers.ts'],
  'node:os': ['http/tls/certificate-files.ts', 'cli.ts'],
  'node:util': ['sandbox/replace-provider.ts', 'profile/precompiled/build.ts', 'commands/terminal/paint.ts', 'cli.ts'],
  'node:zlib': ['openapi/request/body/content-coding.ts', 'replicas/checkpoint.ts'],
  'node:v8': ['commands/monitors/memory.ts', 'sandbox/memory/byte-bound.ts'],
  'node:module': [
    'testing/jest.ts',
    'http/metrics/metrics.ts',
    'http/interception/connections.ts',
    'http/tls/certificates.ts',
    'limits/rules/graphql-cost.ts',
    'limits/rules/texts.ts',
    'profile/source/fast-parse.ts',
    'profile/source/positions.ts',
    'profile/precompiled/load.ts',
    'openapi',
    'patterns/linear.ts',
    'runtime/version.ts',
  ],
};

/** Names that code may use only in the files listed, with the reason where it is not the file's very purpose. */
const OWNED: Record<string, { readonly pattern: RegExp; readonly owners: Readonly<Record<string, string>> }> = {
  'the time and timers': {
    pattern:
      /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b|\bhrtime\b/,
    owners: {
      'runtime/clock.ts': 'its purpose',
      'runtime/current-work.ts': 'how long work took shows in real time only',
      'commands/monitors/watchdog.ts': 'looks at intervals of real time whether a timer is late',
      'sandbox/journal/request-waiters.ts':
        'who waits for requests waits in real time, whatever the clock of the sandbox does',
      'http/server.ts': 'a server that closes waits only so long, in real time, for sockets whose clients do not read',
      'http/web/tick-stream.ts': 'ticks are sent to a person at intervals of real time',
      'http/judging/real-time.ts': 'answers are held in real time, and how busy the machine is shows in real time only',
      'commands/terminal/buffered.ts': 'log lines wait for the end of the turn of the event loop, and no longer',
      'commands/files/watch.ts': 'a save is over once a file has been left alone for a moment of real time',
      'commands/monitors/memory.ts': 'looks at the heap at intervals of real time',
      'http/socket/unreadable.ts': 'a client that was refused has only so long, in real time, to close the connection',
      'sandbox/verdict/steps.ts':
        'requests are answered between the steps of long work, each in a turn of the event loop',
      'replicas/replica.ts': 'requests of one turn of the event loop share a round trip',
      'replicas/state-machine.ts': 'what waits for resolved promises runs before the next input',
      'replicas/log/connection.ts': 'a server that does not answer is given up after a while of real time',
      'replicas/log/redis-log.ts': 'a member asks at intervals of real time whether the others have agreed',
      'replicas/log/memory-hub.ts': 'members that do not answer are waited for in real time',
      'commands/files/keep-state.ts': 'the state is written every so often, in real time',
      'commands/terminal/timers.ts': 'terminals show what happens in real time',
      'http/socket/tick.ts': 'requests are answered at the end of the turn of the event loop in which they came',
      'profile/document/fetch.ts': 'a server that does not send a document is given up after a while of real time',
      'http/webhooks/webhooks.ts': 'a target that does not answer is given up after a while of real time',
    },
  },
  'the process': {
    pattern: /\bprocess\b/,
    owners: {
      'commands/workers.ts': 'ends the processes that it has started',
      'cli.ts': 'its purpose',
      'profile/locate.ts': 'shows paths relative to the working directory',
      'testing/variables.ts': 'tells clients in the process of the tests where the mock is',
    },
  },
  'the console': { pattern: /\bconsole\b/, owners: {} },
  'the environment': {
    pattern: /\bprocess\.env\b|\bimport\.meta\.env\b/,
    owners: { 'cli.ts': 'its purpose', 'testing/variables.ts': 'tells clients under test where the mock is' },
  },
  'constructors of stores': {
    pattern: /\bnew (?:Clock|Faults|Journal|MemoryBuckets|MemoryCollection|Accounts|Ids|Resources|Responses)\(/,
    owners: {
      'sandbox/memory-store.ts': 'its purpose: all others see the interfaces',
      'state/buckets/bucket-store.ts': 'another edition of a provider shares some of its buckets',
      'state/ids.ts': 'a hash that needs the same numbers',
      'state/resources/resources.ts': 'has the collections',
      'sandbox/provider-state.ts': 'the accounts of a profile as plain data, to be loaded into a store',
      'sandbox/snapshot/fit.ts': 'the accounts of a snapshot as plain data',
    },
  },
  // Everything that looks random is made by `Ids`, so that the same calls give the same answers.
  chance: { pattern: /\bMath\.random\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/, owners: {} },
};

/** Folders of programs and tests that belong to the repository and not to the package. */
const BESIDE_SRC = ['bench', 'corpus', 'fuzz', 'labelled', 'test'];

/** A folder shows its concept at a glance: more files than this and it holds two. */
const MAX_FILES = 16;
/** A file holds one concept. A concept that needs more lines than this is more than one. */
const MAX_LINES = 450;

function layerOf(path: string): string | undefined {
  return Object.keys(LAYERS)
    .filter((layer) => path === layer || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

describe('imports', () => {
  test('every file belongs to a layer', () => {
    expect(sources.map(({ path }) => path).filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  test('every own import leads to a file', () => {
    const lost = sources.flatMap(({ path, imports }) =>
      imports.filter(({ own, target }) => own && !byPath.has(target)).map(({ target }) => `${path} → ${target}`),
    );
    expect(lost).toEqual([]);
  });

  test('run one way', () => {
    const upward = sources.flatMap(({ path, imports }) => {
      const layer = layerOf(path)!;
      return imports
        .filter(({ own, target }) => own && layerOf(target) !== layer && !LAYERS[layer]!.includes(layerOf(target)!))
        .map(({ target }) => `${path} (${layer}) → ${target} (${layerOf(target)})`);
    });
    expect(upward).toEqual([]);
  });

  test('of packages stay where the package belongs', () => {
    const astray = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ own, target }) => !own && !isIn(path, PACKAGES[target] ?? []))
        .map(({ target }) => `${path} → ${target}`),
    );
    expect(astray).toEqual([]);
  });

  test('make no circle', () => {
    expect(circles(sources)).toEqual([]);
  });

  test.each(BESIDE_SRC)('make no circle in %s/ either', (folder) => {
    expect(circles(readImports(folder))).toEqual([]);
  });

  test('of a single algorithm stay with the algorithms', () => {
    const allowed = ['limits/algorithms/index.ts', 'limits/algorithms/algorithm.ts'];
    const direct = sources
      .filter(({ path }) => !isIn(path, ['limits/algorithms']))
      .filter(({ imports }) =>
        imports.some(({ target }) => isIn(target, ['limits/algorithms']) && !allowed.includes(target)),
      )
      .map(({ path }) => path);
    expect(direct).toEqual([]);
  });
});

describe.each(Object.entries(OWNED))('%s', (_what, { pattern, owners }) => {
  test('only with the owners', () => {
    const users = sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
    expect(users.filter((path) => !Object.hasOwn(owners, path))).toEqual([]);
  });

  test('no owner is listed for nothing', () => {
    const idle = Object.keys(owners).filter((path) => !pattern.test(byPath.get(path)?.code ?? ''));
    expect(idle).toEqual([]);
  });
});

test('profile/locate.ts asks the process for nothing but the working directory', () => {
  const asked = [...byPath.get('profile/locate.ts')!.code.matchAll(/\bprocess\b(?:\.\w+)?/g)].map(([text]) => text);
  expect(new Set(asked)).toEqual(new Set(['process.cwd']));
});

describe('names', () => {
  const profiles = builtInProfiles();
  const names = [...profiles, ...Object.keys(algorithms)];
  const EXAMPLES = [
    'state/journal/facts.ts',
    'commands/program.ts',
    'commands/serve.ts',
    'commands/run-command.ts',
    'commands/starter',
  ];

  /** Whole words: `prediction` is in `'prediction'` and not in `'predictions'`. */
  const naming = (name: string) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`);

  test('no provider and no algorithm is named in code, but for the algorithms themselves', () => {
    const named = sources
      // The control API's own document and the program's help show examples, and a starter profile is one.
      .filter(({ path }) => !isIn(path, ['limits/algorithms', 'http/control', ...EXAMPLES]))
      .flatMap(({ path, strings, imports }) => {
        const texts = strings.filter(
          (text) => !imports.some(({ target }) => target.endsWith(text.replace(/^[./]+/, '').replace(/\.js$/, '.ts'))),
        );
        return names.filter((name) => texts.some((text) => naming(name).test(text))).map((name) => `${path}: ${name}`);
      });
    expect(named).toEqual([]);
  });

  test('nothing anywhere is decided by one', () => {
    const decisions = sources.flatMap(({ path, branches }) =>
      names.filter((name) => branches.includes(name)).map((name) => `${path}: ${name}`),
    );
    expect(decisions).toEqual([]);
  });

  test('no variable is called after a provider', () => {
    const called = sources.flatMap(({ path, code }) =>
      profiles
        .filter((id) => id !== 'prediction' && new RegExp(id.replaceAll('-', '[-_]?'), 'i').test(code))
        .map((id) => `${path}: ${id}`),
    );
    expect(called).toEqual([]);
  });
});

describe('the dashboard, which runs in a browser,', () => {
  const paths = new Set(ui.map(({ path }) => path.replace(/\.tsx$/, '.ts')));

  test('imports only its own files, its two packages, and types of the server', () => {
    const astray = ui.flatMap(({ path, imports }) =>
      imports
        .filter(({ own, target, isType }) => !isType && !(own ? paths.has(target) : ['hono', 'uplot'].includes(target)))
        .map(({ target }) => `${path} → ${target}`),
    );
    expect(astray).toEqual([]);
    expect(ui.length).toBeGreaterThan(20);
  });

  test('is imported by no file of the server', () => {
    const users = sources.filter(({ imports }) => imports.some(({ own, target }) => own && target.startsWith('ui/')));
    expect(users.map(({ path }) => path)).toEqual([]);
  });

  test('writes no markup, and runs no text', () => {
    const markup =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|dangerouslySetInnerHTML/;
    expect(ui.filter(({ code }) => markup.test(code)).map(({ path }) => path)).toEqual([]);
  });

  test('makes no circle', () => {
    const files = ui.map(({ path, imports }) => ({
      path: path.replace(/\.tsx$/, '.ts'),
      imports: imports.filter(({ isType }) => !isType),
    }));
    expect(circles(files)).toEqual([]);
  });
});

test('every export has a doc comment', () => {
  expect(
    [...sources, ...ui].flatMap(({ path, undocumented }) => undocumented.map((name) => `${path}: ${name}`)),
  ).toEqual([]);
});

test.each(BESIDE_SRC)('every export has a doc comment in %s/ too', (folder) => {
  expect(readUndocumented(folder)).toEqual([]);
});

test(`no folder holds more than ${MAX_FILES} files`, () => {
  const folders = new Map<string, number>();
  for (const { path } of [...sources, ...ui]) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  expect([...folders].filter(([, files]) => files > MAX_FILES)).toEqual([]);
});

test(`no file is longer than ${MAX_LINES} lines`, () => {
  const long = [...sources, ...ui].filter(({ lines }) => lines > MAX_LINES);
  expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

describe('the scan of a source', () => {
  const scan = (text: string) => readSource('http/a.ts', text);

  test('finds imports of every form', () => {
    const { imports } = scan(
      [
        "import { a } from '../mock.js';",
        "import type { B } from './b.js';",
        "import {\n  c,\n  type D,\n} from '../limits/engine.js';",
        "import '@scope/name/deep';",
        "export { e } from 'zod';",
        "export const made = () => import('./late.js');",
        "const f = require('ajv/dist/2020.js');",
        "// import { no } from './comment.js';",
        'const text = "import \'./string.js\'";',
      ].join('\n'),
    );
    expect(imports.map(({ target }) => target)).toEqual([
      'mock.ts',
      'http/b.ts',
      'limits/engine.ts',
      '@scope/name',
      'zod',
      'http/late.ts',
      'ajv',
    ]);
  });

  test('leaves out comments, strings and regular expressions, and keeps what stands in a template', () => {
    const { code, strings } = scan(
      "const a = /[/'`]process/.test(b) ? `process ${process.pid} ${`deep ${Date.now()}`}` : 'console'; // console\n/* setTimeout */ c = d / e / f; g = h! / i / j; !/console/.test(k)",
    );
    expect(code.replace(/\s+/g, ' ')).toContain('process.pid');
    expect(code).toContain('Date.now()');
    expect(code).not.toMatch(/console|setTimeout|\[/);
    expect(code).toContain('d / e / f');
    expect(code).toContain('h! / i / j');
    expect(strings.join('|')).toContain('console');
  });

  test('finds exports without a doc comment', () => {
    const { undocumented } = scan(
      [
        '/** What it is. */',
        'export const a = 1;',
        '',
        'export function b() {}',
        '/** Documented. */',
        '// biome-ignore lint/style/useConst: an example',
        'export let c = 2;',
        "export type { D } from './d.js';",
        'export default async function e() {}',
        'const text = `',
        'export const f = ${',
        'a}`;',
      ].join('\n'),
    );
    expect(undocumented).toEqual(['b', 'e']);
  });

  test('finds what is compared with', () => {
    const { branches } = scan(
      "if (a === 'one' || 'two' !== b) switch (c) { case 'three': d(['four', 'f'].includes(e)) }",
    );
    expect(branches).toEqual(['one', 'two', 'three']);
  });

  test('finds circles', () => {
    const files = [
      readSource('a.ts', "import './b.js';"),
      readSource('b.ts', "import './c.js';\nimport './d.js';"),
      readSource('c.ts', "import './a.js';"),
      readSource('d.ts', ''),
    ];
    expect(circles(files)).toEqual(['a.ts → b.ts → c.ts → a.ts']);
  });
});

/** Each circle once, named from where it is first met. */
function circles(files: readonly Pick<SourceFile, 'path' | 'imports'>[]): string[] {
  const all = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const { own, target } of all.get(path)?.imports ?? []) if (own) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}
