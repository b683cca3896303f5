import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** What the recipes install, start and drive takes half a minute: `npm run test:recipes`, and the CI, do it; `npm test` does without. */
export default defineConfig({
  test: { ...base.test, include: ['test/recipes/recipes.test.ts'], exclude: ['node_modules'] },
});
