/**
 * Serves while a command runs, and judges how it behaved.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createMock, type Mock } from '../mock.js';
import type { MockSandbox } from '../mock-sandbox.js';
import { OptionError } from '../options.js';
import { suggest } from '../profile/errors.js';
import type { Log } from '../sandbox/core.js';
import type { JournalEntry } from '../state/journal-entry.js';
import { type FailOn, reportFails } from '../verdict/fail-on.js';
import { mergeReports } from '../verdict/merge.js';
import { type ReportFormat, renderReport, reportFormats } from '../verdict/render/index.js';
import type { Report } from '../verdict/report.js';
import type { ChildEnd, Io } from './io.js';
import { type MockFlags, optionsOf } from './mock-flags.js';

export interface RunFlags extends MockFlags {
  baseUrlEnv: string[];
  report: string[];
  failOn: string;
  passWithNoRequests?: boolean;
  verbose?: boolean;
}

/** What shells answer where there is no such command, and where it ended by a signal of that number. */
const NOT_FOUND = 127;
const BY_SIGNAL = 128;

/** @returns the exit code */
export async function run([command, ...args]: readonly string[], flags: RunFlags, io: Io): Promise<number> {
  const failOn = severity(flags.failOn);
  const files = flags.report.map(reportFile);
  const log: Log = (level, message) => {
    if (level === 'warn' || flags.verbose) io.err(`mock429: ${message}\n`);
  };
  const mock = await createMock({ ...optionsOf(flags, io), judge: true, log });
  try {
    const variables = variablesOf(mock, (await mock.listen()).url, flags.baseUrlEnv);
    let end: ChildEnd;
    try {
      end = await io.start(command!, args, variables);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      io.err(`mock429: cannot run ${command}: ${code === 'ENOENT' ? 'there is no such command' : message}\n`);
      return NOT_FOUND;
    }
    const { report, requests } = reportOf(mock);
    io.out(renderReport(report, 'text', { failOn, requests, colour: io.colours ?? false }));
    for (const { format, file } of files) write(file, renderReport(report, format, { failOn, requests }));
    const own = 'code' in end ? end.code : BY_SIGNAL + end.number;
    return own === 0 ? codeOf(report, failOn, flags, io) : own;
  } finally {
    await mock.close();
  }
}

function codeOf(report: Report, failOn: FailOn, flags: RunFlags, io: Io): number {
  if (report.requests.judged === 0 && !flags.passWithNoRequests) {
    io.err(
      'mock429: the command asked the mock for nothing, so there is nothing to judge; lead its client to $MOCK429_URL, or pass --pass-with-no-requests\n',
    );
    return 1;
  }
  return reportFails(report, failOn) ? 1 : 0;
}

/** Of every sandbox that was used. */
function reportOf(mock: Mock): { report: Report; requests: JournalEntry[] } {
  const used = [{ name: '', sandbox: mock as MockSandbox }];
  for (const { name } of mock.sandboxes()) used.push({ name, sandbox: mock.sandbox(name) });
  return {
    report: mergeReports(used.map(({ name, sandbox }) => ({ name, report: sandbox.report({ ended: true }) }))),
    requests: used.flatMap(({ sandbox }) => sandbox.requests()),
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
  throw new OptionError(`--fail-on ${given}: is no severity; give error or warn`);
}

function reportFile(given: string): { format: ReportFormat; file: string } {
  const [format = '', ...rest] = given.split('=');
  const file = rest.join('=');
  if (!Object.hasOwn(reportFormats, format))
    throw new OptionError(
      `--report ${given}: there is no format "${format}"; ${suggest(format, Object.keys(reportFormats))}`,
    );
  if (file === '') throw new OptionError(`--report ${given}: names no file; write ${format}=FILE`);
  return { format: format as ReportFormat, file: resolve(file) };
}

/** @throws OptionError */
function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new OptionError(`cannot write the report: ${(error as Error).message}`);
  }
}
