/**
 * Chromium for the tests of the dashboard.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { ROOT } from '../tools/build.js';

/** Where Debian has it; `CHROMIUM` names another. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Nothing that it does by itself may reach the network. */
const ARGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking'];

/** Whether there is a Chromium and a built dashboard. @throws under MOCK429_NO_SKIP when one is missing */
export function canShow(): boolean {
  const missing = [
    ...(existsSync(EXECUTABLE) ? [] : [`there is no Chromium at ${EXECUTABLE}; install it, or name one in CHROMIUM`]),
    ...(existsSync(join(ROOT, 'dist/ui/app.js')) ? [] : ['the dashboard is not built; run npm run build']),
  ];
  if (missing.length === 0) return true;
  if (process.env['MOCK429_NO_SKIP'] === '1') throw new Error(missing.join('; '));
  process.stderr.write(`skipped: ${missing.join('; ')}\n`);
  return false;
}

/** Starts Chromium without a window. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}
