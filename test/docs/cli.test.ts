/** docs/cli.md and the help texts that it is made from. */
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, VARIABLES } from '../../src/commands/flags/environment.js';
import { finished } from '../cli/terminal.js';
import { commands } from '../tools/cli-reference.js';

const OPTIONS = commands().flatMap((command) =>
  command.options.map((option) => ({ name: `${command.name()} ${option.long}`, option })),
);

describe('the help of', () => {
  it.each(OPTIONS)('$name says what it does', ({ option }) => {
    expect(option.description).toMatch(/\w+ \w+/);
  });

  it.each(commands().flatMap((command) => command.registeredArguments.map((argument) => ({ command, argument }))))(
    'an argument of $command.name says what it is',
    ({ argument }) => {
      expect(argument.description).toMatch(/\w/);
    },
  );

  it('mock429 says how to list the options of serve', async () => {
    const { out } = await finished(['--help']);
    expect(out).toContain('mock429 serve --help');
  });
});

describe('the variables', () => {
  const named = new Set(OPTIONS.flatMap(({ option }) => option.description.match(/\bMOCK429_[A-Z_]+/g) ?? []));

  it('that flags name are read', () => {
    // `run` sets it for its command.
    expect([...named].filter((name) => !ENVIRONMENT.includes(name))).toEqual(['MOCK429_URL']);
  });

  it('that are read are named by a flag', () => {
    expect(ENVIRONMENT.filter((name) => !named.has(name))).toEqual([]);
  });

  it('that are like a flag name one that exists', () => {
    const flags = Object.values(VARIABLES).flatMap((says) => says.match(/--[a-z-]+/g) ?? []);
    expect(flags.length).toBeGreaterThan(5);
    expect(flags.filter((flag) => !OPTIONS.some(({ option }) => option.long === flag))).toEqual([]);
  });
});
