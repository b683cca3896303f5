/**
 * The command line: it parses the arguments and calls the commands.
 * @module
 */
import { Command, CommanderError } from 'commander';
import { ListenError } from '../http/listening.js';
import { OptionError } from '../options/options.js';
import { ProfileError } from '../profile/errors.js';
import { VERSION } from '../runtime/version.js';
import { Problem } from '../sandbox/control/problem.js';
import { collect } from './flags/values.js';
import { addRun } from './run-command.js';
import { addServe } from './serve.js';
import type { Io } from './terminal/io.js';

const EXAMPLES = `
Examples:
  mock429 --profile klinky                 serve a provider at http://127.0.0.1:4290
  mock429 run --profile klinky -- npm test did the client behave?
  mock429 profiles                         what comes with it
  mock429 explain klinky                   how a provider limits its callers, in English
  mock429 init openapi.yaml                begin a profile of your own
  mock429 validate my-api.profile.yaml     check one`;

/** Runs the command that the arguments name. @returns the exit code: 0, or 2 where the input was invalid */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = new Command('mock429')
    .description('A mock API server that limits its callers exactly as each provider documents it.')
    .version(VERSION)
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(oneLine(text)),
    })
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  const done = (result: number) => {
    code = result;
  };
  addServe(program, io);
  addRun(program, io, done);
  addOthers(program, io, done);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const expected = [ProfileError, OptionError, ListenError, Problem].some((known) => error instanceof known);
    io.err(`mock429: ${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
    return 2;
  }
}

/** Adds the commands that are loaded on demand, so that a server starts without them. */
function addOthers(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('validate')
    .description('check profiles, their OpenAPI documents and each of their variants')
    .argument('<profile...>', 'files or ids')
    .option('--json', 'print what was found as JSON')
    .option('--allow-warnings', 'end with 0 where nothing but warnings was found')
    .addHelpText(
      'after',
      `
Prints "PROFILE: ok (…)" or an issue a line, as file:line:col  path: problem; fix  [code]. Ends with 0 if all are well, else with 2. A profile with warnings can be
served.

Example:
  mock429 validate profiles/*.yaml`,
    )
    .action(async (references: string[], flags: { json?: boolean; allowWarnings?: boolean }) => {
      const { validate } = await import('./validate.js');
      done(validate(references, flags, io));
    });
  program
    .command('profiles')
    .description('list profiles: policies, variants, plans and fixtures')
    .argument('[profile...]', 'files or ids; all that come with mock429 when left out')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      `
Fixtures are credentials with a meaning of their own; every other well-formed one belongs to the default account.

Example:
  mock429 profiles --json | jq -r '.[].id'`,
    )
    .action(async (references: string[], flags: { json?: boolean }) => {
      const { listProfiles } = await import('./profiles.js');
      await listProfiles(references, flags, io);
    });
  program
    .command('explain')
    .description('tell in plain English how a provider limits its callers')
    .argument('<profile>', 'file or id')
    .option('--variant <variant>', 'another reading of the documents; repeatable', collect)
    .option('--json', 'print the lines as JSON')
    .addHelpText(
      'after',
      `
Each rule is told with how sure it is (documented, inferred or assumed) and where it is said.

Example:
  mock429 explain klinky --variant sliding-hour`,
    )
    .action(async (reference: string, flags: { variant?: string[]; json?: boolean }) => {
      const { explain } = await import('./explain.js');
      await explain(reference, flags, io);
    });
  program
    .command('init')
    .description('begin a profile from an OpenAPI document: a commented file that serves at once')
    .argument('<openapi>', 'OpenAPI 3.0 or 3.1 document, YAML or JSON')
    .option('--id <id>', "what the profile is called; by default after the document's title")
    .option('--out <folder>', "where to write ID.profile.yaml; by default the document's own folder")
    .addHelpText(
      'after',
      `
Credentials, headers and errors are taken from the document where it has them. A file that is there already is left alone.

Example:
  mock429 init openapi.yaml --id my-api
  mock429 serve --profile ./my-api.profile.yaml --watch`,
    )
    .action(async (document: string, flags: { id?: string; out?: string }) => {
      const { init } = await import('./init.js');
      done(init(document, flags, io));
    });
}

/** Turns an error text of Commander into one line. */
function oneLine(text: string): string {
  const said = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `mock429: ${said}; --help shows what there is\n`;
}
