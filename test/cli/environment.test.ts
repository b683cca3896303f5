/** Variables of the environment. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, warnOfUnknownVariables } from '../../src/commands/flags/environment.js';
import { ROOT } from '../tools/build.js';
import { command } from './terminal.js';

function warnings(...names: readonly string[]): string[] {
  const said: string[] = [];
  warnOfUnknownVariables({ envNames: () => names }, (level, line) => said.push(`${level}: ${line}`));
  return said;
}

describe('a variable that no command reads', () => {
  it('is warned of, with the one that was meant', () => {
    expect(warnings('MOCK429_PROFIL')).toEqual([
      'warn: the variable MOCK429_PROFIL has no effect; did you mean MOCK429_PROFILE?',
    ]);
  });

  it('is warned of with all that there are, if it is like none', () => {
    expect(warnings('MOCK429_ZZZZZZZZZZZZZZZZZZZZ')[0]).toContain(
      '; known: MOCK429_PROFILE, MOCK429_OPENAPI, MOCK429_VARIANT, ',
    );
  });

  it('is nobody’s concern if it is of another program, or what run gives to its command', () => {
    expect(
      warnings('PATH', 'mock429_profil', 'MOCK429_URL', 'MOCK429_URL_FULL_DOMINATION', 'MOCK429_CONTROL_URL'),
    ).toEqual([]);
    expect(warnings(...ENVIRONMENT)).toEqual([]);
  });

  it('is warned of when a server starts', async () => {
    const session = command(['--profile', 'klinky', '--port', '0'], { MOCK429_VARIANTS: 'sliding-hour' });
    await session.printed(/^mock429 klinky http/m);
    session.stop();
    expect(await session.ended).toBe(0);
    expect(session.err).toContain('the variable MOCK429_VARIANTS has no effect; did you mean MOCK429_VARIANT?');
  });
});

it('every variable that the commands ask for is known', () => {
  const folder = join(ROOT, 'src/commands');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const asked = sources.flatMap((text) => [...text.matchAll(/env\('(MOCK429_\w+)'\)|= '(MOCK429_\w+)'/g)]);
  const names = new Set(asked.map(([, direct, named]) => direct ?? named!));
  expect([...names].sort()).toEqual([...ENVIRONMENT].sort());
});
