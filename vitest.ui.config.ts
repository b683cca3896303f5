import { defineConfig } from 'vitest/config';
import { BROWSER, common } from './vitest.config.js';

/** The dashboard as it was built, and the report's page, in a real Chromium: `npm run test:ui` and CI run it; `npm test` needs no browser. */
export default defineConfig({
  // A test that hangs waits for something that will not happen.
  test: {
    ...common,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    include: [...BROWSER],
    exclude: ['node_modules'],
  },
});
