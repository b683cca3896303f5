/**
 * Declares the command `mock429 run -- COMMAND`. Its implementation is loaded on demand, so that a server starts without it.
 * @module
 */
import type { Command } from 'commander';
import { addMockOptions } from './flags/mock-flags.js';
import { append } from './flags/values.js';
import type { RunFlags } from './run.js';
import type { Io } from './terminal/io.js';

const HELP = `
The command finds the mock at $MOCK429_URL (with several profiles: each at $MOCK429_URL_ID, such as MOCK429_URL_FULL_DOMINATION),
and its control API at $MOCK429_CONTROL_URL. When it has ended the verdict is printed: did it honour what it was told?

While it runs, a line every ten seconds on stderr tells how it goes.

Ends with the command's own code or, where that is 0, with 1 if the verdict failed. A report that cannot be written ends it with 2: before the command starts,
or, where that is only found afterwards and the command's own code is 0, in the end.

Examples:
  mock429 run --profile klinky -- npm test
  mock429 run --profile klinky --base-url-env KLINKY_BASE_URL --compress 600 -- node sync.js
  mock429 run --profile prediction --fail-on warn --report junit=report.xml --report markdown=summary.md -- pytest`;

/** Adds the command. @param done receives the exit code */
export function addRun(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('run')
    .description('serve while a command runs, and judge how it behaved as a client')
    .argument('<command...>', 'the command and its arguments, after --');
  addMockOptions(command)
    .option('--base-url-env <[profile:]name>', 'another variable that tells where the mock is; repeatable', append, [])
    .option(
      '--report <format=file>',
      `write the verdict to a file: text, markdown, junit, sarif or json; repeatable`,
      append,
      [],
    )
    .option(
      '--sarif-location <file>',
      "the file that results of SARIF point to, from the repository's root; by default the profile's",
    )
    .option('--fail-on <severity>', 'what fails a verdict: error, or warn as well', 'error')
    .option('--pass-with-no-requests', 'a command that asks the mock for nothing passes')
    .option('-q, --quiet', 'tell nothing of how it goes while the command runs')
    .option('-v, --verbose', 'log refusals as they happen, and unknown paths')
    .addHelpText('after', HELP)
    .action(async (words: string[], flags: RunFlags) => {
      const { run } = await import('./run.js');
      done(await run(words, flags, io));
    });
}
