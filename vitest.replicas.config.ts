import { defineConfig } from 'vitest/config';
import base, { STORES } from './vitest.config.js';

/** The log that replicas share, in servers that the tests start, stop and kill: `npm run test:replicas`, and the CI, do it; `npm test` does without. */
export default defineConfig({
  test: { ...base.test, include: [...STORES], exclude: ['node_modules'] },
});
