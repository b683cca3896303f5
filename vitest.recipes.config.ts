import { defineConfig } from 'vitest/config';
import { common, SLOW } from './vitest.config.js';

/**
 * Recipes, example clients and client libraries start many processes, which takes a minute: `npm run test:recipes`, and the CI, do it; `npm test` does without.
 */
export default defineConfig({
  test: { ...common, include: [...SLOW], exclude: ['node_modules'] },
});
