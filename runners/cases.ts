/**
 * The runners that the package is tried with.
 * @module
 */
import { existsSync } from 'node:fs';

/** A runner, and a project in `projects/` whose tests it runs. */
export interface RunnerCase {
  /** Name of its folder. */
  readonly id: string;
  /** Folders of the repository that are copied first: those of other projects, and recipes. */
  readonly extends?: readonly string[];
  /** Programs and arguments, run in this order. */
  readonly commands: readonly (readonly [program: string, ...args: string[]])[];
  /** What is printed where all tests have run and passed. */
  readonly passed: RegExp;
  /** Whether `--short` runs it. */
  readonly short?: true;
  /** What the machine lacks; `undefined` where nothing. */
  readonly needs?: () => string | undefined;
}

const CHROMIUM = '/usr/bin/chromium';

/** All runners. The projects name the versions. */
export const cases: readonly RunnerCase[] = [
  {
    id: 'jest-30',
    extends: ['examples/jest-helpers'],
    short: true,
    commands: [['jest']],
    passed: /^Tests: +8 passed, 8 total$/m,
  },
  {
    id: 'jest-29',
    extends: ['runners/projects/jest-30'],
    commands: [['jest']],
    passed: /^Tests: +6 passed, 6 total$/m,
  },
  {
    id: 'jest-esm',
    commands: [['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js']],
    passed: /^Tests: +2 passed, 2 total$/m,
  },
  { id: 'ts-jest', commands: [['jest'], ['tsc', '-p', '.']], passed: /^Tests: +2 passed, 2 total$/m },
  { id: 'babel-jest', commands: [['jest']], passed: /^Tests: +2 passed, 2 total$/m },
  { id: 'vitest', commands: [['vitest', 'run']], passed: /^ *Tests +6 passed \(6\)$/m },
  {
    id: 'vitest-5',
    extends: ['runners/projects/vitest'],
    commands: [['vitest', 'run']],
    passed: /^ *Tests +6 passed \(6\)$/m,
  },
  {
    id: 'node-test',
    short: true,
    commands: [['node', '--test', '--test-reporter=tap']],
    passed: /^# pass 7$/m,
  },
  { id: 'mocha', short: true, commands: [['mocha', '*.test.*js']], passed: /^ *4 passing/m },
  {
    id: 'playwright',
    commands: [['playwright', 'test', '--reporter=line']],
    passed: /^ *3 passed/m,
    needs: () => (existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is not there`),
  },
  { id: 'bun', commands: [['bun', 'test']], passed: /^ *4 pass$/m },
  { id: 'deno', commands: [['deno', 'test', '-A']], passed: /4 passed/ },
];
