/**
 * `--state FILE`: what the sandboxes remember is read from the file at the start, and written to it every so often and at the end.
 * @module
 */

import type { ComposedMock } from '../../mock.js';
import { displayPath } from '../../profile/locate.js';
import { preciseTime } from '../../runtime/clock.js';
import { working } from '../../runtime/current-work.js';
import { Problem } from '../../sandbox/control/problem.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { LoadedState } from '../../sandbox/snapshot/saved-state.js';
import type { Processes } from '../terminal/io.js';
import { count } from '../terminal/text.js';
import { openStateFile } from './state-file.js';

export interface StatePersistence {
  /** Whether a state was read. */
  readonly restored: boolean;
  /** Writes what has changed since it was last written. Never rejects: what goes wrong is told. */
  save(): Promise<void>;
  /** Writes it for the last time, and lets other processes have the file. */
  close(): Promise<void>;
  /** Lets other processes have the file, and writes nothing: the server has not come to serve. */
  abandon(): void;
}

/** How often it is written, in real time. */
const EVERY_MS = 10_000;

/** Requests wait while a sandbox is put into text. So that they do not wait for more than this share of the time, a large state is written less often. */
const LARGEST_SHARE = 1 / 20;

/** Sentences about what did not fit that are told one by one. */
const MAX_REPORTED = 20;

/** @param file path, as it was given. @throws OptionError where it cannot be used */
export async function persistState(
  file: string,
  mock: ComposedMock,
  processes: Processes,
  log: WriteLog,
): Promise<StatePersistence> {
  const stateFile = openStateFile(file, processes);
  const shown = displayPath(file);
  const state = await mock.savedState();
  let saved: string | undefined;
  try {
    const text = stateFile.read();
    if (text !== undefined) {
      try {
        reportLoaded(state.load(text), shown, log);
        saved = state.revision;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const aside = displayPath(stateFile.setAside(new Date(preciseTime())));
        log(
          'warn',
          `${shown} cannot be restored: ${error.detail}; it is kept as ${aside}, and the server starts empty`,
        );
      }
    }
  } catch (error) {
    stateFile.release();
    throw error;
  }

  let failed = false;
  /** The machine's epoch ms before which a large state is not written again. */
  let notBefore = 0;
  let reportedSlow = false;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const { revision } = state;
    let busyMs = 0;
    try {
      stateFile.renew();
      if (revision === saved && !failed) return;
      await stateFile.write(
        timed(state.write(), (ms) => {
          busyMs += ms;
        }),
      );
      saved = revision;
      if (failed) log('warn', `the state is written to ${shown} again`);
      failed = false;
    } catch (error) {
      if (!failed)
        log(
          'warn',
          `the state cannot be written to ${shown} (${(error as Error).message}); the server goes on, and tries again every ${EVERY_MS / 1_000} s`,
        );
      failed = true;
    }
    const pause = busyMs / LARGEST_SHARE;
    notBefore = preciseTime() + pause;
    if (pause <= EVERY_MS || reportedSlow) return;
    reportedSlow = true;
    log(
      'warn',
      `writing the state takes ${Math.round(busyMs)} ms, so it is written every ${Math.round(pause / 1_000)} s only`,
    );
  }

  const save = () => {
    writing = writing.then(write);
    return writing;
  };
  const renew = () => {
    try {
      stateFile.renew();
    } catch {
      // It is told when it is next written.
    }
  };
  const timer = setInterval(() => {
    if (preciseTime() >= notBefore) void save();
    else renew();
  }, EVERY_MS).unref();
  return {
    restored: saved !== undefined,
    save,
    async close() {
      clearInterval(timer);
      await save();
      stateFile.release();
    },
    abandon() {
      clearInterval(timer);
      stateFile.release();
    },
  };
}

function reportLoaded({ savedAt, sandboxes, dropped }: LoadedState, file: string, log: WriteLog): void {
  const named = sandboxes > 1 ? ` with ${count(sandboxes - 1, 'named sandbox', 'named sandboxes')}` : '';
  log('info', `restored the state of ${savedAt} from ${file}${named}`);
  for (const sentence of dropped.slice(0, MAX_REPORTED)) log('warn', `${file}: ${sentence}`);
  if (dropped.length > MAX_REPORTED) log('warn', `${file}: ${dropped.length - MAX_REPORTED} more things were dropped`);
}

/** Tells how many real milliseconds each piece took to make. */
function* timed(pieces: Iterator<string>, took: (ms: number) => void): Generator<string> {
  for (;;) {
    const began = preciseTime();
    const { done, value } = working('writing the state of a sandbox as text', () => pieces.next());
    took(preciseTime() - began);
    if (done) return;
    yield value;
  }
}
