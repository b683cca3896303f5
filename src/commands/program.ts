/**
 * The command line: it parses the arguments and calls the commands.
 * @module
 */
import { Command, CommanderError, Option } from 'commander';
import { CertificateError, ListenError } from '../http/listening.js';
import { OptionError } from '../options/options.js';
import { ProfileError } from '../profile/errors.js';
import { LogError } from '../replicas/shared-log.js';
import { VERSION } from '../runtime/version.js';
import { Problem } from '../sandbox/control/problem.js';
import { collect, oneOf } from './flags/values.js';
import { addRun } from './run-command.js';
import { addServe } from './serve.js';
import type { Io } from './terminal/io.js';
import type { TopFlags } from './top/top.js';
import type { ValidateFlags } from './validate.js';

const EXAMPLES = `
Examples:
  mock429 openapi.yaml                     serve an OpenAPI document, without limits
  mock429 --profile klinky                 serve a provider at http://127.0.0.1:4290
  mock429 run --profile klinky -- npm test serve while the tests run, then judge the client
  mock429 top                              watch the limits of a running server fill up
  mock429 profiles                         list the profiles that come with mock429
  mock429 explain klinky                   how a provider limits its callers, in English
  mock429 init openapi.yaml                write a first profile of your own
  mock429 validate my-api.profile.yaml     check it

The options of serve, the default command, are listed by: mock429 serve --help`;

/** Runs the command that the arguments name. @returns the exit code: 0, or 2 where the input was invalid */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = createProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const expected = [ProfileError, OptionError, ListenError, CertificateError, LogError, Problem].some(
      (known) => error instanceof known,
    );
    io.err(`mock429: ${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
    return 2;
  }
}

/** Creates the commands with their arguments, options and help. @param done receives the exit code of a command that ends by itself */
export function createProgram(io: Io, done: (code: number) => void): Command {
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
  addServe(program, io, done);
  addRun(program, io, done);
  addOthers(program, io, done);
  return program;
}

/** Adds the commands that are loaded on demand, so that a server starts without them. */
function addOthers(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('validate')
    .description('check profiles, their OpenAPI documents and each of their variants, or documents alone')
    .argument('<profile...>', 'files or ids of profiles, files or URLs of documents')
    .option('--json', 'print the issues as JSON')
    .option('--allow-warnings', 'exit 0 if there are only warnings; those about a document never change the exit code')
    .option('--allow-remote-refs', 'fetch what a document refers to on other servers')
    .addHelpText(
      'after',
      `
Prints a line for each issue: file:line:col  path: problem; fix  [code], and "PROFILE: ok (…)" if none of them is a failure. Exits 0 then, else 2. A profile or
document with warnings can be served. A warning about a document is no failure.

Example:
  mock429 validate profiles/*.yaml`,
    )
    .action(async (references: string[], flags: ValidateFlags) => {
      const { validate } = await import('./validate.js');
      done(await validate(references, flags, io));
    });
  program
    .command('profiles')
    .description('list profiles, with their policies, variants, plans and fixtures')
    .argument('[profile...]', 'files or ids; all that come with mock429 by default')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      `
Fixtures are credentials with a special meaning. Every other well-formed credential belongs to the default account.

Example:
  mock429 profiles --json | jq -r '.[].id'`,
    )
    .action(async (references: string[], flags: { json?: boolean }) => {
      const { listProfiles } = await import('./profiles.js');
      await listProfiles(references, flags, io);
    });
  program
    .command('explain')
    .description('explain in English how a provider limits its callers')
    .argument('<profile>', 'file or id of a profile, file or URL of a document')
    .option('--variant <variant>', 'variant: another reading of the documents; repeatable or a comma list', collect)
    .option('--json', 'print the lines as JSON')
    .addHelpText(
      'after',
      `
Each rule comes with its evidence (documented, inferred or assumed) and the page that says so.

Example:
  mock429 explain klinky --variant sliding-hour`,
    )
    .action(async (reference: string, flags: { variant?: string[]; json?: boolean }) => {
      const { explain } = await import('./explain.js');
      await explain(reference, flags, io);
    });
  program
    .command('top')
    .description('show the live buckets of a running server: who has used how much of which limit')
    .option('--url <url>', 'address of the server', 'http://127.0.0.1:4290')
    .option('--sandbox <name>', 'sandbox to show (default: the one without a name)')
    .option('--token <token>', 'control token of a server on another machine [MOCK429_CONTROL_TOKEN]')
    .addOption(
      new Option('--sort <order>', 'first order of the table: nearest (to its limit), reset, used or name')
        .argParser(oneOf('an order', ['nearest', 'reset', 'used', 'name']))
        .default('nearest'),
    )
    .option('--once', 'print the table once and end; needs no terminal')
    .addHelpText(
      'after',
      `
Keys: q ends, p pauses, left and right change the order, up and down scroll.

Examples:
  mock429 top
  mock429 top --url http://127.0.0.1:4290 --sandbox t1
  mock429 top --once --sort used`,
    )
    .action(async (flags: TopFlags) => {
      const { top } = await import('./top/top.js');
      done(await top(flags, io));
    });
  program
    .command('init')
    .description('write a first profile for an OpenAPI document: a commented file that can be served at once')
    .argument('<openapi>', 'OpenAPI document, 2.0 (Swagger) to 3.2, YAML or JSON')
    .option('--id <id>', "id of the profile (default: from the document's title)")
    .option('--out <folder>', "where to write ID.profile.yaml (default: the document's folder)")
    .option(
      '--limits <file>',
      'file that states the limits: API Commons rate limits, SLA4OAI, or a configuration of Kong, AWS usage plans, Envoy or Zuplo',
    )
    .addHelpText(
      'after',
      `
Credentials, headers and errors are taken from the document, where it has them. What cannot be used is one warning each. An existing file is not overwritten.
Limits are taken from the file of --limits, or else from the document: its extensions (x-rate-limit and the like, x-google-management, x-kong-plugin-rate-limiting), the
texts of its 429 responses, and its rate limit headers. Each is "assumed" in the profile. What cannot be carried over is listed, and stands there as a comment.

Example:
  mock429 init openapi.yaml --id my-api
  mock429 init openapi.yaml --limits kong.yaml
  mock429 serve --profile ./my-api.profile.yaml --watch`,
    )
    .action(async (document: string, flags: { id?: string; out?: string; limits?: string }) => {
      const { init } = await import('./init.js');
      done(init(document, flags, io));
    });
}

/** Turns an error text of Commander into one line. */
function oneLine(text: string): string {
  const message = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `mock429: ${message}; --help shows what there is\n`;
}
