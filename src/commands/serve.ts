/**
 * `mock429 serve`: flags and environment in, ready lines out.
 * @module
 */
import { type Command, Option } from 'commander';
import { composeMock, type Mock } from '../mock.js';
import { type MockOptions, OptionError } from '../options.js';
import { nearest } from '../profile/errors.js';
import { shownPath } from '../profile/locate.js';
import type { Log } from '../sandbox/core.js';
import type { Methods } from '../surface.js';
import type { Io } from './io.js';
import { append, collect, duration, integer, parseWith, positive } from './values.js';

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
  journalSize?: number;
  maxSandboxes?: number;
  sandboxIdle?: number;
  webhookHost: string[];
  trustProxy: string[];
  prefer: boolean;
  cors: boolean;
  watch?: boolean;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  mock429 --profile klinky                              one provider, at http://127.0.0.1:4290
  mock429 --profile klinky,acrely --port 0              two, each under its id, on any free port
  mock429 --profile ./my.profile.yaml --watch           your own; edits are taken up while it runs
  mock429 --profile klinky --variant sliding-hour --set policies.account-hour.quota=5

MOCK429_CONTROL_TOKEN lets other machines use the control API (/__mock429): those that send it as "Authorization: Bearer …".`;

export function addServe(program: Command, io: Io): void {
  program
    .command('serve', { isDefault: true })
    .description('serve one or more providers (the default command)')
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
    .addOption(
      new Option('--journal-size <n>', 'requests that the journal of each sandbox keeps (default: 10000)').argParser(
        integer('a number of requests', 0, 10_000_000),
      ),
    )
    .addOption(
      new Option('--max-sandboxes <n>', 'sandboxes before the one unused for longest goes (default: 1000)').argParser(
        integer('a number of sandboxes', 1, 1_000_000),
      ),
    )
    .addOption(
      new Option('--sandbox-idle <duration>', 'how long an unused sandbox stays, in real time (default: 1h)').argParser(
        duration('a time to stay'),
      ),
    )
    .option('--webhook-host <name>', 'a host besides this machine that webhooks may go to; repeatable', append, [])
    .option('--trust-proxy <address>', 'a proxy whose X-Forwarded-For is believed; repeatable', append, [])
    .option('--no-prefer', 'take no notice of Prefer: code=503')
    .option('--no-cors', 'leave pages in browsers without CORS headers')
    .option('-w, --watch', 'take up edits of the served files while counts go on')
    .option('-q, --quiet', 'log nothing but what goes wrong')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments()
    .action((flags: ServeFlags, command: Command) => {
      refuseArguments(command, program);
      return serve(flags, io);
    });
}

/** What stands where no argument belongs is mostly a command with a slip, or a profile. */
function refuseArguments({ args: [extra] }: Command, program: Command): void {
  if (extra === undefined) return;
  const near = nearest(
    extra,
    program.commands.map((command) => command.name()),
  );
  if (near !== undefined) throw new OptionError(`there is no command "${extra}"; did you mean "${near}"?`);
  throw new OptionError(`too many arguments: "${extra}"; profiles are named by --profile ${extra}`);
}

/** Nobody calls a server's methods. */
const BY_HTTP: Methods = {
  checkFault: (fault) => fault,
  reportOf: () => {
    throw new Error('a server is asked for its report by HTTP');
  },
};

export async function serve(flags: ServeFlags, io: Io): Promise<void> {
  const log: Log = (level, message) => {
    if (level === 'warn' || !flags.quiet) io.err(`mock429: ${message}\n`);
  };
  const port =
    flags.port ??
    parseWith(integer('a port', 0, 65_535), io.env('MOCK429_PORT') ?? io.env('PORT'), 'MOCK429_PORT or PORT') ??
    4290;
  const mock = await composeMock({ ...optionsOf(flags, io), log }, BY_HTTP);
  const { url } = await mock.listen({ port, host: flags.host ?? io.env('MOCK429_HOST') ?? '127.0.0.1' });
  const watch = flags.watch ? await watchProfiles(mock, log) : undefined;
  const single = mock.profiles.length === 1;
  for (const id of mock.profiles) io.out(`mock429 ${id} ${url}${single ? '' : `/${id}`}\n`);
  await io.stopped;
  watch?.close();
  await mock.close();
}

function optionsOf(flags: ServeFlags, io: Io): MockOptions {
  const compress = flags.compress ?? parseWith(positive('a factor'), io.env('MOCK429_COMPRESS'), 'MOCK429_COMPRESS');
  const clock = flags.clock ?? io.env('MOCK429_CLOCK');
  const profile = flags.profile ?? io.env('MOCK429_PROFILE');
  const variant = flags.variant ?? io.env('MOCK429_VARIANT');
  const plan = flags.plan ?? io.env('MOCK429_PLAN');
  const token = io.env('MOCK429_CONTROL_TOKEN');
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(variant === undefined ? {} : { variant }),
    ...(plan === undefined ? {} : { plan }),
    ...(compress === undefined ? {} : { compress }),
    ...(clock === undefined ? {} : { clock: clock === 'frozen' || clock === 'system' ? clock : { now: clock } }),
    ...(flags.maxBody === undefined ? {} : { maxBodyBytes: flags.maxBody }),
    ...(token === undefined ? {} : { controlToken: token }),
    ...(flags.journalSize === undefined ? {} : { journalSize: flags.journalSize }),
    ...(flags.maxSandboxes === undefined ? {} : { maxSandboxes: flags.maxSandboxes }),
    ...(flags.sandboxIdle === undefined ? {} : { sandboxIdle: flags.sandboxIdle }),
    set: flags.set,
    webhookHosts: flags.webhookHost,
    trustedProxies: flags.trustProxy,
    prefer: flags.prefer,
    cors: flags.cors,
  };
}

/** Reads a profile again whenever one of its files has changed; one that cannot be served leaves the former edition in its place. */
async function watchProfiles(mock: Mock, log: Log): Promise<{ close(): void }> {
  const { watchFiles } = await import('./watch.js');
  const files = () => mock.profiles.flatMap((id) => Object.values(mock.files(id)));
  let last = Promise.resolve();
  const watch = watchFiles(files, (changed) => {
    for (const id of mock.profiles) {
      if (Object.values(mock.files(id)).some((file) => changed.includes(file))) last = last.then(() => reload(id));
    }
  });
  log('info', `watching ${[...new Set(files())].map(shownPath).join(', ')}`);
  return watch;

  async function reload(id: string): Promise<void> {
    try {
      log('info', (await mock.reload(id)).summary);
      watch.refresh();
    } catch (error) {
      for (const why of (error as Error).message.split('\n')) {
        log('warn', `${id} goes on as it was, since it cannot be reloaded: ${why}`);
      }
    }
  }
}
