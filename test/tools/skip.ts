/**
 * What a test needs from the machine: where it is missing the test is skipped and says why; under MOCK429_NO_SKIP=1 it fails.
 * @module
 */
import { spawnSync } from 'node:child_process';

/** Whether the program is there. @throws under MOCK429_NO_SKIP when it is not */
export function hasProgram(name: string): boolean {
  const there = spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!there && process.env['MOCK429_NO_SKIP'] === '1')
    throw new Error(`${name} is missing, and nothing may be skipped`);
  if (!there) process.stderr.write(`skipped: this machine has no ${name}\n`);
  return there;
}

/** The same of a module of Python. */
export function hasModule(python: string, name: string): boolean {
  const there = spawnSync(python, ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0;
  if (!there && process.env['MOCK429_NO_SKIP'] === '1')
    throw new Error(`${python} has no module ${name}, and nothing may be skipped`);
  if (!there) process.stderr.write(`skipped: ${python} has no module ${name}\n`);
  return there;
}
