import { defineConfig } from '@playwright/test';
import type { TestMockOptions } from 'mock429/playwright';

export default defineConfig<object, { mock429: TestMockOptions }>({
  workers: 2,
  fullyParallel: true,
  use: {
    mock429: { profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' },
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    },
  },
});
