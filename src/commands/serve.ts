/**
 * The command `mock429 serve`.
 * @module
 */
import { type Command, Option } from 'commander';
import { type ComposedMock, composeMock, type Mock } from '../mock.js';
import { OptionError } from '../options/options.js';
import { nearest } from '../profile/errors.js';
import { displayPath } from '../profile/locate.js';
import type { WriteLog } from '../sandbox/core.js';
import type { Methods } from '../surface.js';
import { warnOfUnknownVariables } from './flags/environment.js';
import { addMockOptions, type MockFlags, optionsOf, statePersistence } from './flags/mock-flags.js';
import { addStoreOptions, replicationOf, type StoreFlags, workersOf } from './flags/store-flags.js';
import { addTransportOptions, type TransportFlags, transportOf } from './flags/transport-flags.js';
import { integer, oneOf, parseWith } from './flags/values.js';
import type { LogFormat, RequestLog, RequestLogOptions } from './log/request-log.js';
import { warnOfMemory } from './monitors/memory.js';
import { warnOfStalls } from './monitors/watchdog.js';
import type { Io } from './terminal/io.js';

interface ServeFlags extends MockFlags, TransportFlags, StoreFlags {
  port?: number;
  host?: string;
  judge?: boolean;
  watch?: boolean;
  quiet?: boolean;
  log?: LogFormat;
}

const EXAMPLES = `
Examples:
  mock429 openapi.yaml                                  an OpenAPI document alone, without limits
  mock429 --openapi https://example.com/openapi.json    another, from a URL
  mock429 --profile klinky                              one provider, at http://127.0.0.1:4290
  mock429 --profile klinky,acrely --port 0              two, each under its id, on a free port
  mock429 --profile ./my.profile.yaml --watch           your own; reloads it when it changes
  mock429 --profile klinky --https                      the same by HTTPS; clients trust the CA that the log names
  mock429 --profile klinky --proxy                      as the client's proxy: HTTPS_PROXY=http://127.0.0.1:4290
  mock429 --profile klinky --variant sliding-hour --set policies.account-hour.quota=5

MOCK429_CONTROL_TOKEN is a token with which other machines may use the control API (/__mock429), as "Authorization: Bearer …".`;

const logFormat = oneOf<LogFormat>('a format of the log', ['text', 'json', 'none']);

/** Adds the command. */
export function addServe(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('serve', { isDefault: true })
    .description('serve one or more providers (the default command: it may be left out)')
    .argument('[file...]', 'OpenAPI documents or profiles to serve; like --openapi FILE and --profile FILE');
  addStoreOptions(addTransportOptions(addMockOptions(command)))
    .addOption(
      new Option('--port <n>', 'port to listen on; 0 takes a free one (default: 4290) [MOCK429_PORT, PORT]').argParser(
        integer('a port', 0, 65_535),
      ),
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1) [MOCK429_HOST]')
    .option(
      '--judge',
      'find out what each client knew when it sent a request, for the verdict of GET /__mock429/report',
    )
    .option('-w, --watch', 'reload the profiles and their OpenAPI documents when they change; counts are kept')
    .option('-q, --quiet', 'log warnings only')
    .addOption(
      new Option(
        '--log <format>',
        'write a line per request to stderr: text, json (all of the log is JSON then), or none (default: text if stderr is a terminal) [MOCK429_LOG]',
      ).argParser(logFormat),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: ServeFlags) =>
      done(await serve(await withFiles(files, flags, program), io)),
    );
}

/** Adds the files of the arguments to the flags. @throws OptionError for an argument that is no file */
async function withFiles(files: readonly string[], flags: ServeFlags, program: Command): Promise<ServeFlags> {
  if (files.length === 0) return flags;
  const { isDocument, isFile } = await import('../profile/document/reference.js');
  for (const file of files) if (!isFile(file)) refuseArgument(file, program);
  const profiles = [...(flags.profile ?? []), ...files.filter((file) => !isDocument(file))];
  const documents = [...(flags.openapi ?? []), ...files.filter(isDocument)];
  return {
    ...flags,
    ...(profiles.length === 0 ? {} : { profile: profiles }),
    ...(documents.length === 0 ? {} : { openapi: documents }),
  };
}

/** Refuses an argument that is no file. Most of them are a misspelt command, or a profile. */
function refuseArgument(extra: string, program: Command): never {
  const near = nearest(
    extra,
    program.commands.map((command) => command.name()),
  );
  if (near !== undefined) throw new OptionError(`there is no command "${extra}"; did you mean "${near}"?`);
  throw new OptionError(`there is no file "${extra}"; profiles are named by --profile ${extra}`);
}

/** Methods of a server: none is ever called. */
const BY_HTTP: Methods = {
  checkFault: (fault) => fault,
  reportOf: () => {
    throw new Error('a server gives its report by HTTP only');
  },
};

/** What the module of workers is without workers. */
const ALONE = { workerNumber: () => undefined, superviseWorkers: async () => 0 };

/** Serves until the program is stopped, and prints a ready line per profile. @returns the exit code */
export async function serve(flags: ServeFlags, io: Io): Promise<number> {
  const format =
    flags.log ??
    parseWith(logFormat, io.env('MOCK429_LOG'), 'MOCK429_LOG') ??
    (io.terminal && !flags.quiet ? 'text' : 'none');
  const lines = format === 'none' ? undefined : await import('./log/request-log.js');
  const log: WriteLog = (level, message, topic) => {
    // Its line as a request tells the same.
    if (lines && topic === 'refusal') return;
    if (level === 'info' && flags.quiet) return;
    io.err(lines ? lines.messageLine(format, level, message) : `mock429: ${message}\n`);
  };
  warnOfUnknownVariables(io, log);
  const transport = transportOf(flags);
  const port =
    flags.port ??
    parseWith(integer('a port', 0, 65_535), io.env('MOCK429_PORT') ?? io.env('PORT'), 'MOCK429_PORT or PORT') ??
    4290;
  const workers = workersOf(flags, io);
  const { superviseWorkers, workerNumber } = workers > 1 ? await import('./workers.js') : ALONE;
  const worker = workerNumber();
  if (workers > 1 && worker === undefined) return superviseWorkers(workers, io, log);
  const options = { ...optionsOf(flags, io), judge: flags.judge ?? false, log };
  const mock = await composeMock(options, BY_HTTP, undefined, await replicationOf(flags, io));
  const requests =
    lines && format !== 'none' ? logRequests(new lines.RequestLog(logOptions(mock, format, io)), mock) : undefined;
  const state = await statePersistence(flags, io, mock, log);
  const host = flags.host ?? io.env('MOCK429_HOST') ?? '127.0.0.1';
  const { url, caFile, proxyUrl } = await mock.listen({ port, host, ...transport }).catch((error: unknown) => {
    state?.abandon();
    throw error;
  });
  const watch = flags.watch ? await watchMock(mock, log) : undefined;
  const single = mock.profiles.length === 1;
  if (worker === undefined || worker === 1)
    for (const id of mock.profiles) io.out(`mock429 ${id} ${url}${single ? '' : `/${id}`}\n`);
  if (proxyUrl !== undefined)
    log('info', `a proxy for the providers' own hosts: HTTPS_PROXY=${proxyUrl} HTTP_PROXY=${proxyUrl}`);
  if (caFile !== undefined) log('info', `clients must trust ${caFile}`);
  const memory = warnOfMemory(log);
  const stalls = warnOfStalls(log, io);
  await io.stopped;
  memory.close();
  stalls.close();
  watch?.close();
  // Save first: clients may keep the server open for longer than its supervisor waits.
  await state?.save(true);
  await mock.close();
  await state?.close();
  requests?.endSecond();
  return 0;
}

/** Logs every request that is answered from now on. */
function logRequests(requests: RequestLog, mock: ComposedMock): RequestLog {
  mock.onAnswered((_sandbox, journal, row, isRefused) => requests.answered(journal, row, isRefused));
  return requests;
}

function logOptions(mock: ComposedMock, format: 'text' | 'json', io: Io): RequestLogOptions {
  const { terminal } = io;
  return {
    format,
    write: io.err,
    columns: () => terminal?.size().columns,
    colours: terminal?.colours ?? false,
    hasSeveral: mock.profiles.length > 1,
    credentialFact: (profile, kind) => mock.credentialFact(profile, kind),
  };
}

/** Reloads profiles when their files are edited. An invalid edit leaves the previous version in place. */
async function watchMock(mock: ComposedMock, log: WriteLog): Promise<{ close(): void }> {
  const { watchProfiles } = await import('./files/watch.js');
  const watch = watchProfiles({
    profiles: mock.profiles,
    filesRead: (id) => mock.filesRead(id),
    reload: (id) => reloadProfile(mock, id, log),
  });
  const files = mock.profiles.flatMap((id) => [...mock.filesRead(id).keys()]);
  log('info', `watching ${[...new Set(files)].map(displayPath).join(', ')}`);
  return watch;
}

async function reloadProfile(mock: Mock, id: string, log: WriteLog): Promise<void> {
  try {
    log('info', (await mock.reload(id)).summary);
  } catch (error) {
    for (const why of (error as Error).message.split('\n')) {
      log('warn', `${id} cannot be reloaded, so its previous version stays in place: ${why}`);
    }
  }
}
