/**
 * The flags of every command that runs a mock.
 * @module
 */
import { type Command, Option } from 'commander';
import type { ComposedMock } from '../../mock.js';
import { MAX_COMPRESS, MIN_COMPRESS, type MockOptions, OptionError } from '../../options/options.js';
import { IETF_REVISIONS, type IetfRevision } from '../../profile/compiled/ietf.js';
import { parseInstant } from '../../sandbox/control/instants.js';
import { Problem } from '../../sandbox/control/problem.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { StatePersistence } from '../files/keep-state.js';
import type { Io } from '../terminal/io.js';
import { append, collect, duration, integer, oneOf, parseWith, within, yesOrNo } from './values.js';

/** Parsed flags, as Commander names them. */
export interface MockFlags {
  profile?: string[];
  openapi?: string[];
  allowRemoteRefs?: boolean;
  strictExamples?: boolean;
  ietf?: IetfRevision;
  variant?: string[];
  plan?: string[];
  set?: string[];
  compress?: number;
  clock?: string;
  maxBody?: number;
  journalSize?: number;
  maxSandboxes?: number;
  maxSandboxBytes?: number;
  sandboxIdle?: number;
  state?: string;
  webhookHost?: string[];
  trustProxy?: string[];
  hold: boolean;
  controlTokenRequired?: boolean;
  prefer: boolean;
  cors: boolean;
}

const sandboxBytes = integer('a number of bytes', 1, Number.MAX_SAFE_INTEGER);
const revision = oneOf('a revision of the draft', IETF_REVISIONS);
const factor = within('a factor', MIN_COMPRESS, MAX_COMPRESS);

/** Adds the flags to a command. */
export function addMockOptions(command: Command): Command {
  return command
    .option(
      '-p, --profile <id|file>',
      'profile to serve, by id or file; repeatable or a comma list; by default all that come with mock429, unless there is a document [MOCK429_PROFILE]',
      collect,
    )
    .option(
      '--openapi <file|url>',
      'OpenAPI document to serve without a profile, and so without limits; repeatable or a comma list [MOCK429_OPENAPI]',
      append,
    )
    .option('--allow-remote-refs', 'fetch what a document refers to on other servers')
    .option(
      '--strict-examples',
      'send made data in place of examples that are not valid by their schemas [MOCK429_STRICT_EXAMPLES=1]',
    )
    .addOption(
      new Option(
        '--ietf <revision>',
        'add the fields RateLimit-Policy and RateLimit of draft-ietf-httpapi-ratelimit-headers, revision 11, 10 or 7, or the trio of revision 6, to all responses [MOCK429_IETF]',
      ).argParser(revision),
    )
    .option(
      '--variant <[profile:]variant>',
      'variant of a profile: another reading of the documents; repeatable or a comma list [MOCK429_VARIANT]',
      collect,
    )
    .option(
      '--plan <[profile:]plan>',
      'plan of the default account; repeatable or a comma list [MOCK429_PLAN]',
      collect,
    )
    .option(
      '--set <[profile:]path=value>',
      'change one setting of a profile, such as policies.key-minute.quota=5; repeatable',
      append,
    )
    .addOption(
      new Option(
        '--compress <n>',
        'divide every duration by n and leave the counts: at 600, a window of an hour takes 6 s [MOCK429_COMPRESS]',
      ).argParser(factor),
    )
    .option(
      '--clock <frozen|instant>',
      "freeze the clock, at the machine's time (frozen) or at an ISO instant [MOCK429_CLOCK]",
    )
    .addOption(
      new Option('--max-body <bytes>', 'largest request body (default: 10485760, 10 MiB)').argParser(
        integer('a number of bytes', 0, 2 ** 31),
      ),
    )
    .addOption(
      new Option(
        '--journal-size <n>',
        'number of requests that the journal of each sandbox holds (default: 10000)',
      ).argParser(integer('a number of requests', 0, 10_000_000)),
    )
    .addOption(
      new Option(
        '--max-sandboxes <n>',
        'number of named sandboxes, above which the least recently used is removed (default: 1000)',
      ).argParser(integer('a number of sandboxes', 1, 1_000_000)),
    )
    .addOption(
      new Option(
        '--max-sandbox-bytes <n>',
        'estimated memory of all named sandboxes, above which the least recently used is removed (default: half of the heap limit) [MOCK429_MAX_SANDBOX_BYTES]',
      ).argParser(sandboxBytes),
    )
    .addOption(
      new Option(
        '--sandbox-idle <duration>',
        'remove a named sandbox that was not used for this long, in real time (default: 1h)',
      ).argParser(duration('a time to stay')),
    )
    .option(
      '--state <file>',
      'keep the state across restarts: read the file at the start, write it every 10 s and at the end; it holds credentials in full [MOCK429_STATE]',
    )
    .option('--webhook-host <name>', 'allow webhooks to this host as well as to this machine; repeatable', append)
    .option(
      '--trust-proxy <address|range>',
      "take the client's address from X-Forwarded-For when a request comes from this proxy, or from this range (10.0.0.0/8, fd00::/8); repeatable or a comma list",
      collect,
    )
    .option(
      '--control-token-required',
      'require the control token (MOCK429_CONTROL_TOKEN) of programs on this machine too, as behind a tunnel or proxy [MOCK429_CONTROL_TOKEN_REQUIRED=1]',
    )
    .option('--no-hold', 'while clients are judged, send refusals at once, not after 8 ms without a new request')
    .option('--no-prefer', 'ignore Prefer: code=503')
    .option('--no-cors', 'send no CORS headers to pages in browsers');
}

/** Starts the persistence of the state, if a file is given. @throws OptionError where the file cannot be used */
export async function statePersistence(
  flags: MockFlags,
  io: Io,
  mock: ComposedMock,
  log: WriteLog,
): Promise<StatePersistence | undefined> {
  const file = flags.state ?? io.env('MOCK429_STATE');
  if (file === undefined) return undefined;
  const { persistState } = await import('../files/keep-state.js');
  const source = flags.state === undefined ? 'MOCK429_STATE' : '--state';
  const state = await persistState(file, mock, await io.processes(), log, source);
  if (state.restored && (flags.clock ?? io.env('MOCK429_CLOCK')) !== undefined)
    log(
      'info',
      `the clock was restored as well and shows ${mock.clock.read().now}; --clock applies to an empty state only`,
    );
  return state;
}

/** Checks the instant of a clock, so that the error names the flag or the variable. @throws OptionError */
function checkClock(clock: string, source: string): void {
  if (clock === 'frozen' || clock === 'system') return;
  try {
    parseInstant(clock, source);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new OptionError(`${source}: ${error.detail}${error.code === 'bad-date' ? ', or write frozen' : ''}`);
  }
}

/** Builds the options of a mock. Flags override the environment. @throws OptionError */
export function optionsOf(flags: MockFlags, io: Io): MockOptions {
  // What the command line serves is all: the variables do not add to it.
  const names = flags.profile !== undefined || flags.openapi !== undefined;
  const compress = flags.compress ?? parseWith(factor, io.env('MOCK429_COMPRESS'), 'MOCK429_COMPRESS');
  const bytes = 'MOCK429_MAX_SANDBOX_BYTES';
  const maxSandboxBytes = flags.maxSandboxBytes ?? parseWith(sandboxBytes, io.env(bytes), bytes);
  const clock = flags.clock ?? io.env('MOCK429_CLOCK');
  if (clock !== undefined) checkClock(clock, flags.clock === undefined ? 'MOCK429_CLOCK' : '--clock');
  const profile = flags.profile ?? (names ? undefined : io.env('MOCK429_PROFILE'));
  const openapi = flags.openapi ?? (names ? undefined : io.env('MOCK429_OPENAPI'));
  const variant = flags.variant ?? io.env('MOCK429_VARIANT');
  const plan = flags.plan ?? io.env('MOCK429_PLAN');
  const token = io.env('MOCK429_CONTROL_TOKEN');
  const required = 'MOCK429_CONTROL_TOKEN_REQUIRED';
  const tokenRequired = parseWith(yesOrNo, io.env(required), required);
  const strict = 'MOCK429_STRICT_EXAMPLES';
  const strictExamples = flags.strictExamples ?? parseWith(yesOrNo, io.env(strict), strict);
  const ietf = flags.ietf ?? parseWith(revision, io.env('MOCK429_IETF'), 'MOCK429_IETF');
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(openapi === undefined ? {} : { openapi }),
    ...(flags.allowRemoteRefs ? { allowRemoteRefs: true } : {}),
    ...(strictExamples ? { strictExamples } : {}),
    ...(ietf === undefined ? {} : { ietf }),
    ...(variant === undefined ? {} : { variant }),
    ...(plan === undefined ? {} : { plan }),
    ...(compress === undefined ? {} : { compress }),
    ...(clock === undefined ? {} : { clock: clock === 'frozen' || clock === 'system' ? clock : { now: clock } }),
    ...(flags.maxBody === undefined ? {} : { maxBodyBytes: flags.maxBody }),
    ...(token === undefined ? {} : { controlToken: token }),
    controlTokenRequired: flags.controlTokenRequired ?? tokenRequired ?? false,
    ...(flags.journalSize === undefined ? {} : { journalSize: flags.journalSize }),
    ...(flags.maxSandboxes === undefined ? {} : { maxSandboxes: flags.maxSandboxes }),
    ...(maxSandboxBytes === undefined ? {} : { maxSandboxBytes }),
    ...(flags.sandboxIdle === undefined ? {} : { sandboxIdle: flags.sandboxIdle }),
    set: flags.set ?? [],
    webhookHosts: flags.webhookHost ?? [],
    trustedProxies: flags.trustProxy ?? [],
    holdRefusals: flags.hold,
    prefer: flags.prefer,
    cors: flags.cors,
  };
}
