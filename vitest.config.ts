import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a configuration of their own.
    exclude: ['test/recipes/recipes.test.ts', 'node_modules'],
    globalSetup: 'test/tools/build-once.ts',
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
