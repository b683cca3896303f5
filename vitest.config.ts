import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a configuration of their own.
    exclude: ['test/recipes/recipes.test.ts', 'node_modules'],
    globalSetup: 'test/tools/build-once.ts',
    maxWorkers: 3,
    // A worker loads each module once for all of its files: a third less CPU. A test that replaces modules must restore them.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
