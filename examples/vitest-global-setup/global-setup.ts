/** One mock for the whole run: there before the first test file, gone after the last. */
import { createMock } from 'mock429';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Klinky is. */
    klinkyUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: { now: '2026-05-12T08:30:00Z' } });
  const { url } = await mock.listen();
  project.provide('klinkyUrl', url);
  return () => mock.close();
}
