import { defineConfig } from 'vitest/config';
import base, { BROWSER } from './vitest.config.js';

/** The dashboard in a real Chromium, as it was built: `npm run test:ui`, and the CI, do it; `npm test` needs no browser. */
export default defineConfig({
  // A test that hangs waits for something that will not happen.
  test: {
    ...base.test,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    include: [...BROWSER],
    exclude: ['node_modules'],
  },
});
