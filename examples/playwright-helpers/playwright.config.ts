import { defineConfig } from '@playwright/test';
import type { TestMockOptions } from 'mock429/playwright';

export default defineConfig<object, { mock429: TestMockOptions }>({
  fullyParallel: true,
  use: { mock429: { profile: 'klinky', plan: 'growth', clock: '2026-05-12T08:30:00Z' } },
});
