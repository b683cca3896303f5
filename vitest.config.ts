import { defineConfig } from 'vitest/config';

/** Tests that start many processes. They have a configuration of their own (vitest.recipes.config.ts). */
export const SLOW = [
  'test/recipes/recipes.test.ts',
  'test/examples/{examples,pytest}.test.ts',
  'test/clients/libraries.test.ts',
];

/** Tests that start the built program again and again, as a user does: `npm run test:cli`. They have a configuration of their own (vitest.cli.config.ts). */
export const PROGRAMS = [
  'test/cli/{cli,last-words,loaded,openapi,pty,refusals,replicas,run,state,transports,watch}.test.ts',
  'test/docs/pages.test.ts',
  'test/package/package.test.ts',
  'test/tools/prepare.test.ts',
];

/** Tests of the catalogue's profiles: `npm run test:catalogue`. */
export const CATALOGUE = ['test/catalogue/*.test.ts'];

/** Tests of the dashboard and of the report's page in a browser: `npm run test:ui`. */
export const BROWSER = ['test/ui/browser/*.test.ts', 'test/verdict/render/html-browser.test.ts'];

/** Tests against servers that they start, such as Redis: `npm run test:replicas`. */
export const STORES = ['test/replicas/log/redis-{log,topologies}.test.ts'];

/** Tests of several replicas in one process, by what each scenario and each model expects of one: `npm run test:replicas`. */
export const FLEETS = ['test/replicas/{determinism,models,redis,transcripts}.test.ts'];

/** What all suites have in common. */
export const common = {
  globalSetup: 'test/tools/build-once.ts',
  // Each worker loads all modules once more, which a third one costs more CPU time than it saves on a machine of two cores.
  maxWorkers: 2,
  // A worker loads each module once for all of its files: a third less CPU. A test that replaces modules must restore them.
  isolate: false,
  // Ends a test that hangs. No test is meant to take anywhere near this long, also on a machine that does other things.
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    ...common,
    include: ['test/**/*.test.ts'],
    exclude: [...SLOW, ...PROGRAMS, ...CATALOGUE, ...BROWSER, ...STORES, ...FLEETS, 'node_modules'],
    // Properties try three tenths of their usual number of cases here; `.ci/run` tries all of them, and of some four times as many. The other configurations try all.
    env: { PROPERTY_SCALE: process.env['PROPERTY_SCALE'] ?? '0.3' },
  },
});
