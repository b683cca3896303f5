import { defineConfig } from 'vitest/config';
import { common, FLEETS, STORES } from './vitest.config.js';

/** The log that replicas share, in servers that the tests start, stop and kill, and all that one process is tested by over several replicas: `npm run test:replicas`, and the CI, do it; `npm test` does without. */
export default defineConfig({
  test: { ...common, include: [...STORES, ...FLEETS], exclude: ['node_modules'] },
});
