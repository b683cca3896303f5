/**
 * The command `mock429 run`: it serves while a child command runs, and judges the requests of that command.
 * @module
 */

import type { Listening } from '../http/listening.js';
import { type ComposedMock, composeMock, type Mock } from '../mock.js';
import type { MockSandbox } from '../mock-sandbox.js';
import { OptionError } from '../options/options.js';
import { suggest } from '../profile/errors.js';
import { displayPath } from '../profile/locate.js';
import type { WriteLog } from '../sandbox/core.js';
import { checkFault } from '../sandbox/faults/schema.js';
import { reportOf as reportOn } from '../sandbox/verdict/report.js';
import type { JournalEntry } from '../state/journal/entry.js';
import { renderReport } from '../verdict/render/index.js';
import { type FailOn, reportFails } from '../verdict/report/fail-on.js';
import { mergeReports } from '../verdict/report/merge.js';
import type { Report } from '../verdict/report/report.js';
import { checkReportFiles, codeLocation, type ReportFile, writeReports } from './files/report-files.js';
import { warnOfUnknownVariables } from './flags/environment.js';
import { type MockFlags, optionsOf, statePersistence } from './flags/mock-flags.js';
import { type TransportFlags, transportOf } from './flags/transport-flags.js';
import { warnOfStalls } from './monitors/watchdog.js';
import type { Io } from './terminal/io.js';
import { reportProgress } from './terminal/progress.js';

/** Flags of the command. */
export interface RunFlags extends MockFlags, TransportFlags {
  baseUrlEnv?: string[];
  report?: string[];
  sarifLocation?: string;
  failOn: string;
  passWithNoRequests?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

/** Exit codes of shells for an unknown command, and for one that ended by a signal (plus its number). */
const NOT_FOUND = 127;
const BY_SIGNAL = 128;
/** Exit code where a report could not be written. */
const UNWRITTEN = 2;

/** Runs the command. @returns the exit code */
export async function run([command, ...args]: readonly string[], flags: RunFlags, io: Io): Promise<number> {
  const failOn = severity(flags.failOn);
  const files = checkReportFiles(flags.report ?? [], { '--state': flags.state ?? io.env('MOCK429_STATE') });
  const sarifLocation = sarifLocationOf(flags, files);
  const transport = transportOf(flags);
  const log: WriteLog = (level, message) => {
    if (level === 'warn' || flags.verbose) io.err(`mock429: ${message}\n`);
  };
  warnOfUnknownVariables(io, log);
  const mock = await composeMock({ ...optionsOf(flags, io), judge: true, log }, { checkFault, reportOf: reportOn });
  const state = await statePersistence(flags, io, mock, log);
  let stalls: { close(): void } | undefined;
  try {
    const server = await mock.listen(transport);
    const variables = {
      ...variablesOf(mock, server.url, flags.baseUrlEnv ?? []),
      ...(await transportVariables(server, flags, io)),
    };
    stalls = warnOfStalls(log, io);
    const end = flags.quiet ? () => {} : await startProgress(mock, io);
    const child = await started(command!, args, variables, io).finally(end);
    if (child === undefined) return NOT_FOUND;
    const { report, requests } = reportOf(mock, true);
    const options = { failOn, requests, sarifLocation };
    io.out(renderReport(report, 'text', { ...options, colour: io.colours ?? false }));
    const unwritten = writeReports(files, (format) => renderReport(report, format, options));
    for (const line of unwritten) io.err(`mock429: ${line}\n`);
    if (unwritten.length === 0 && files.length > 0)
      io.err(
        `mock429: ${files.length === 1 ? 'the report is' : 'the reports are'} in ${files.map(({ file }) => displayPath(file)).join(', ')}\n`,
      );
    const own = 'code' in child ? child.code : BY_SIGNAL + child.number;
    if (own !== 0) return own;
    const code = codeOf(report, failOn, flags, io);
    return unwritten.length === 0 ? code : UNWRITTEN;
  } finally {
    stalls?.close();
    await state?.save(true);
    await mock.close();
    await state?.close();
  }
}

/** Shows the progress in place on a terminal, else in a line every ten seconds. @returns a function that ends it */
async function startProgress(mock: ComposedMock, io: Io): Promise<() => void> {
  const traffic = () => mock.traffic();
  if (io.terminal) {
    const { showProgress } = await import('./terminal/live-progress.js');
    const end = showProgress({ traffic, report: () => reportOf(mock, false).report }, io.terminal);
    if (end) return end;
  }
  return reportProgress(traffic, (line) => io.err(`mock429: ${line}\n`));
}

/** Runs the child command. @returns how it ended; `undefined` where it could not be started */
async function started(command: string, args: readonly string[], variables: Record<string, string>, io: Io) {
  try {
    return await io.start(command, args, variables);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    io.err(`mock429: cannot run ${command}: ${code === 'ENOENT' ? 'there is no such command' : message}\n`);
    return undefined;
  }
}

/** Checks `--sarif-location`. @throws OptionError */
function sarifLocationOf({ sarifLocation }: RunFlags, files: readonly ReportFile[]): string | undefined {
  if (sarifLocation === undefined) return undefined;
  if (files.some(({ format }) => format === 'sarif')) return codeLocation(sarifLocation);
  throw new OptionError('--sarif-location is for a SARIF report; add --report sarif=FILE');
}

function codeOf(report: Report, failOn: FailOn, flags: RunFlags, io: Io): number {
  if (report.requests.judged === 0 && !flags.passWithNoRequests) {
    io.err(
      'mock429: the command sent no requests to the mock, so there is nothing to judge; point its client at $MOCK429_URL, or pass --pass-with-no-requests\n',
    );
    return 1;
  }
  return reportFails(report, failOn) ? 1 : 0;
}

/** The merged report and the requests of all used sandboxes, evicted ones included. @param ended whether no more requests will come */
function reportOf(mock: ComposedMock, ended: boolean): { report: Report; requests: JournalEntry[] } {
  const used = [{ name: '', sandbox: mock as MockSandbox }];
  for (const { name } of mock.sandboxes()) used.push({ name, sandbox: mock.sandbox(name) });
  const removed = mock.removedReports();
  const reports = used.map(({ name, sandbox }) => ({ name, report: sandbox.report({ ended }) }));
  return {
    report: mergeReports([...reports, ...removed]),
    requests: ended ? used.flatMap(({ sandbox }) => sandbox.requests()) : [],
  };
}

/** Variables that say how the mock is reached: past other proxies, as a proxy, and with which certificates. */
async function transportVariables(server: Listening, flags: RunFlags, io: Io): Promise<Record<string, string>> {
  const { ca, caFile, proxyUrl } = server;
  const { noProxyVariables, proxyVariables, trustVariables } = await import('./run-variables.js');
  return {
    ...noProxyVariables(io, proxyUrl !== undefined),
    ...(ca === undefined || caFile === undefined ? {} : await trustVariables({ ca, caFile }, flags.tlsFolder, io)),
    ...(proxyUrl === undefined ? {} : proxyVariables(proxyUrl)),
  };
}

function variablesOf(mock: Mock, url: string, names: readonly string[]): Record<string, string> {
  const single = mock.profiles.length === 1;
  const urlOf = (id: string) => (single ? url : `${url}/${id}`);
  const variables: Record<string, string> = { MOCK429_URL: url, MOCK429_CONTROL_URL: `${url}/__mock429` };
  for (const id of mock.profiles) variables[`MOCK429_URL_${id.toUpperCase().replaceAll('-', '_')}`] = urlOf(id);
  for (const given of names) {
    const [name, id = single ? mock.profiles[0] : undefined] = given.split(':').reverse();
    if (id === undefined)
      throw new OptionError(`--base-url-env ${given}: several profiles are served; write PROFILE:${given}`);
    if (!mock.profiles.includes(id))
      throw new OptionError(`--base-url-env ${given}: no profile "${id}" is served; ${suggest(id, mock.profiles)}`);
    if (!/^[A-Za-z_]\w*$/.test(name!))
      throw new OptionError(`--base-url-env ${given}: "${name}" cannot name a variable; use letters, digits and "_"`);
    variables[name!] = urlOf(id);
  }
  return variables;
}

function severity(given: string): FailOn {
  if (given === 'error' || given === 'warn') return given;
  throw new OptionError(`--fail-on ${given}: is not a severity; give error or warn`);
}
