#!/usr/bin/env node
/**
 * The command line: arguments and environment in, ready lines out. The only part that talks to the process.
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ListenError } from './http/server.js';
import { composeMock } from './mock.js';
import { type MockOptions, OptionError } from './options.js';
import { ProfileError } from './profile/errors.js';
import { Problem } from './sandbox/problem.js';
import { VERSION } from './version.js';

interface ServeFlags {
  profile?: string[];
  variant?: string[];
  plan?: string[];
  set: string[];
  port?: number;
  host?: string;
  compress?: number;
  clock?: string;
  maxBody?: number;
  webhookHost: string[];
  trustProxy: string[];
  quiet?: boolean;
}

const collect = (value: string, former: string[] = []) => [...former, ...value.split(',')];
const append = (value: string, former: string[] = []) => [...former, value];

const program = new Command('mock429')
  .description('A mock API server that limits its callers exactly as each provider documents it.')
  .version(VERSION)
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  .exitOverride();

program
  .command('serve', { isDefault: true })
  .description('Serve one or more providers (the default command)')
  .option(
    '-p, --profile <id|file>',
    'profile to serve, repeatable or a comma list; all by default [MOCK429_PROFILE]',
    collect,
  )
  .option('--variant <[profile:]variant>', 'another reading of the documents, repeatable [MOCK429_VARIANT]', collect)
  .option('--plan <[profile:]plan>', "the default account's plan, repeatable [MOCK429_PLAN]", collect)
  .option(
    '--set <[profile:]path=value>',
    'one setting of a profile, such as policies.key-minute.quota=5; repeatable',
    append,
    [],
  )
  .addOption(
    new Option('--port <n>', 'port; 0 takes any free one (default: 4290) [MOCK429_PORT, PORT]').argParser(
      integer('a port', 0, 65_535),
    ),
  )
  .option('--host <address>', 'address to listen on (default: 127.0.0.1) [MOCK429_HOST]')
  .addOption(
    new Option('--compress <n>', 'divide every duration by n; counts stay [MOCK429_COMPRESS]').argParser(
      positive('a factor'),
    ),
  )
  .option('--clock <frozen|instant>', 'stand still, now or at an ISO instant, until advanced [MOCK429_CLOCK]')
  .addOption(
    new Option('--max-body <bytes>', 'largest request body (default: 10 MiB)').argParser(
      integer('a number of bytes', 0, 2 ** 31),
    ),
  )
  .option('--webhook-host <name>', 'a host besides this machine that webhooks may go to; repeatable', append, [])
  .option('--trust-proxy <address>', 'a proxy whose X-Forwarded-For is believed; repeatable', append, [])
  .option('-q, --quiet', 'log nothing but what goes wrong')
  .action((flags: ServeFlags) => serve(flags));

async function serve(flags: ServeFlags): Promise<void> {
  const env = (name: string) =>
    process.env[name] === undefined || process.env[name] === '' ? undefined : process.env[name];
  const port =
    flags.port ??
    parseWith(integer('a port', 0, 65_535), env('MOCK429_PORT') ?? env('PORT'), 'MOCK429_PORT or PORT') ??
    4290;
  const compress = flags.compress ?? parseWith(positive('a factor'), env('MOCK429_COMPRESS'), 'MOCK429_COMPRESS');
  const clock = flags.clock ?? env('MOCK429_CLOCK');
  const profile = flags.profile ?? env('MOCK429_PROFILE');
  const variant = flags.variant ?? env('MOCK429_VARIANT');
  const plan = flags.plan ?? env('MOCK429_PLAN');
  const token = env('MOCK429_CONTROL_TOKEN');
  const options: MockOptions = {
    ...(profile === undefined ? {} : { profile }),
    ...(variant === undefined ? {} : { variant }),
    ...(plan === undefined ? {} : { plan }),
    ...(compress === undefined ? {} : { compress }),
    ...(clock === undefined ? {} : { clock: clock === 'frozen' || clock === 'system' ? clock : { now: clock } }),
    ...(flags.maxBody === undefined ? {} : { maxBodyBytes: flags.maxBody }),
    ...(token === undefined ? {} : { controlToken: token }),
    set: flags.set,
    webhookHosts: flags.webhookHost,
    trustedProxies: flags.trustProxy,
    log: (level, message) => {
      if (level === 'warn' || !flags.quiet) process.stderr.write(`mock429: ${message}\n`);
    },
  };
  const mock = await composeMock(options, (fault) => fault);
  const { url } = await mock.listen({ port, host: flags.host ?? env('MOCK429_HOST') ?? '127.0.0.1' });
  const single = mock.profiles.length === 1;
  for (const id of mock.profiles) process.stdout.write(`mock429 ${id} ${url}${single ? '' : `/${id}`}\n`);

  const stop = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    void mock.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

/** Commander's complaint as one line of ours. */
function oneLine(text: string): string {
  const said = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `mock429: ${said}; --help shows what there is\n`;
}

function integer(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(
        `${JSON.stringify(text)} is not ${what}; give a whole number from ${least} to ${most}.`,
      );
    }
    return value;
  };
}

function positive(what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
      throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}; give a number above 0.`);
    }
    return value;
  };
}

function parseWith<T>(parse: (text: string) => T, text: string | undefined, name: string): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new OptionError(`${name}: ${(error as Error).message}`);
  }
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  const expected = [ProfileError, OptionError, ListenError, Problem].some((known) => error instanceof known);
  process.stderr.write(`mock429: ${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(2);
}
