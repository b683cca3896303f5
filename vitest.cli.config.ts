import { defineConfig } from 'vitest/config';
import { common, PROGRAMS } from './vitest.config.js';

/** The command line, the package and the commands of the documentation, each in processes of their own: `npm run test:cli`, and the CI, run them; `npm test` does without. */
export default defineConfig({
  test: { ...common, include: [...PROGRAMS], exclude: ['node_modules'] },
});
