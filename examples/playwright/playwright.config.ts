import { defineConfig } from '@playwright/test';

export default defineConfig({
  // One mock for all tests, reset before each: they take turns.
  workers: 1,
  use: { baseURL: 'http://127.0.0.1:4291' },
  webServer: [
    {
      command: 'npx mock429 --profile klinky --port 4290',
      url: 'http://127.0.0.1:4290/__mock429/health',
      reuseExistingServer: !process.env['CI'],
    },
    {
      // In place of your own: what it needs is the provider's base URL.
      command: 'node app/server.mjs',
      env: { PORT: '4291', KLINKY_URL: 'http://127.0.0.1:4290' },
      url: 'http://127.0.0.1:4291',
      reuseExistingServer: !process.env['CI'],
    },
  ],
});
