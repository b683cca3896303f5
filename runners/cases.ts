/**
 * The test runners and the clients that the package is tried with.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A program that is run in a project. */
export interface Step {
  readonly command: readonly [program: string, ...args: string[]];
  /** What it prints where all is well. It must end with 0 in any case. */
  readonly passed?: RegExp;
  /** What the machine lacks for it; `undefined` where nothing. A case of several steps goes on without it, and says so. */
  readonly needs?: () => string | undefined;
}

/** A project in `projects/`, and what is run in it. */
export interface Case {
  /** Name of its folder. */
  readonly id: string;
  /** Folders of the repository that are copied first: those of other projects, and examples. */
  readonly extends?: readonly string[];
  /** Run in this order. */
  readonly steps: readonly Step[];
  /** Whether `--short` runs it. */
  readonly short?: true;
}

const CHROMIUM = '/usr/bin/chromium';
/** Debian's: other ones on the path may lack the modules. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** A check that a command ends with 0. @param name what is missing where it does not */
const finds =
  (name: string, program: string, ...args: string[]) =>
  () =>
    spawnSync(program, args, { stdio: 'ignore' }).status === 0 ? undefined : `${name} is not there`;

/** Node heeds the variables of a proxy from 22.21 and 24.5 on. */
function nodeHeedsProxy(): string | undefined {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const heeds = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
  return heeds ? undefined : `Node ${process.versions.node} heeds no variables of a proxy`;
}

/** Clients in several languages, run by `mock429 run`. @param flags those of `run` @param node what Node lacks */
function inLanguages(flags: readonly string[], node?: Step['needs']): Step[] {
  const client = (name: string, needs: Step['needs'], command: readonly string[]): Step => ({
    command: ['mock429', 'run', '--profile', 'klinky', '--quiet', ...flags, '--', ...command],
    passed: new RegExp(`^${name} 200`, 'm'),
    ...(needs ? { needs } : {}),
  });
  const python = (module: string) => finds(`Python's ${module}`, PYTHON, '-c', `import ${module}`);
  return [
    client('curl', finds('curl', 'curl', '--version'), ['sh', 'client.sh']),
    client('urllib', python('urllib'), [PYTHON, 'client.py']),
    client('requests', python('requests'), [PYTHON, 'client.py', 'requests']),
    client('httpx', python('httpx'), [PYTHON, 'client.py', 'httpx']),
    client('java', finds('java', 'java', '-version'), ['sh', 'java.sh']),
    client('node', node, ['node', 'client.mjs']),
    client('go', finds('go', 'go', 'version'), ['go', 'run', 'client.go']),
  ];
}

/** The runners. The projects name the versions. */
const RUNNERS: readonly Case[] = [
  {
    id: 'jest-30',
    extends: ['examples/jest-helpers'],
    short: true,
    steps: [{ command: ['jest'], passed: /^Tests: +8 passed, 8 total$/m }],
  },
  {
    id: 'jest-29',
    extends: ['runners/projects/jest-30'],
    steps: [{ command: ['jest'], passed: /^Tests: +6 passed, 6 total$/m }],
  },
  {
    id: 'jest-esm',
    steps: [
      {
        command: ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'],
        passed: /^Tests: +2 passed, 2 total$/m,
      },
    ],
  },
  {
    id: 'ts-jest',
    steps: [{ command: ['jest'], passed: /^Tests: +2 passed, 2 total$/m }, { command: ['tsc', '-p', '.'] }],
  },
  { id: 'babel-jest', steps: [{ command: ['jest'], passed: /^Tests: +2 passed, 2 total$/m }] },
  { id: 'vitest', steps: [{ command: ['vitest', 'run'], passed: /^ *Tests +6 passed \(6\)$/m }] },
  {
    id: 'vitest-5',
    extends: ['runners/projects/vitest'],
    steps: [{ command: ['vitest', 'run'], passed: /^ *Tests +6 passed \(6\)$/m }],
  },
  {
    id: 'node-test',
    short: true,
    steps: [{ command: ['node', '--test', '--test-reporter=tap'], passed: /^# pass 7$/m }],
  },
  { id: 'mocha', short: true, steps: [{ command: ['mocha', '*.test.*js'], passed: /^ *4 passing/m }] },
  {
    id: 'playwright',
    steps: [
      {
        command: ['playwright', 'test', '--reporter=line'],
        passed: /^ *3 passed/m,
        needs: () => (existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is not there`),
      },
    ],
  },
  { id: 'bun', steps: [{ command: ['bun', 'test'], passed: /^ *6 pass$/m }] },
  { id: 'deno', steps: [{ command: ['deno', 'test', '-A'], passed: /5 passed/ }] },
];

/** Clients: those of Node, intercepted; those of other languages, with HTTPS and through the proxy. */
const CLIENTS: readonly Case[] = [
  {
    id: 'clients',
    short: true,
    steps: [{ command: ['node', '--test', '--test-reporter=tap'], passed: /^# pass 12$/m }],
  },
  {
    id: 'https',
    extends: ['examples/https'],
    short: true,
    steps: inLanguages(['--https', '--base-url-env', 'KLINKY_URL']),
  },
  { id: 'proxy', extends: ['examples/proxy'], short: true, steps: inLanguages(['--proxy'], nodeHeedsProxy) },
];

/** All cases. */
export const cases: readonly Case[] = [...RUNNERS, ...CLIENTS];
