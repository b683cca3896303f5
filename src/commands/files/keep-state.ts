/**
 * Implements `--state FILE`: restores the state of the sandboxes from the file at the start, and writes it periodically and at the end.
 * @module
 */

import type { ComposedMock } from '../../mock.js';
import { displayPath } from '../../profile/locate.js';
import { preciseTime } from '../../runtime/clock.js';
import { runWork } from '../../runtime/current-work.js';
import { Problem } from '../../sandbox/control/problem.js';
import type { WriteLog } from '../../sandbox/core.js';
import type { LoadedState } from '../../sandbox/snapshot/saved-state.js';
import type { Processes } from '../terminal/io.js';
import { count } from '../terminal/text.js';
import { openStateFile } from './state-file.js';

/** Writes the state of a mock to a file. */
export interface StatePersistence {
  /** Whether a state was restored. */
  readonly restored: boolean;
  /** Writes the state if it has changed. Never rejects: failures are logged. @param isEnding whether the server ends, so that nothing is tried again later */
  save(isEnding?: boolean): Promise<void>;
  /** Writes the state and releases the file. */
  close(): Promise<void>;
  /** Releases the file without writing: the server did not start. */
  abandon(): void;
}

/** Interval between writes, in real milliseconds. */
const EVERY_MS = 10_000;

/** Largest share of the time for serializing the state, because requests wait meanwhile. A large state is written less often. */
const LARGEST_SHARE = 1 / 20;

/** Most dropped parts that are logged one by one. */
const MAX_REPORTED = 20;

/**
 * Restores the state and starts to write it periodically.
 *
 * @param file path as given
 * @param source the flag or variable that names it, for errors
 * @throws OptionError where the file cannot be used
 */
export async function persistState(
  file: string,
  mock: ComposedMock,
  processes: Processes,
  log: WriteLog,
  source = '--state',
): Promise<StatePersistence> {
  const stateFile = openStateFile(file, processes, source);
  const displayName = displayPath(file);
  const state = await mock.savedState();
  let saved: string | undefined;
  try {
    const text = stateFile.read();
    if (text !== undefined) {
      try {
        await state.prepare(text);
        reportLoaded(state.load(text), displayName, log);
        saved = state.revision;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const aside = displayPath(stateFile.setAside(new Date(preciseTime())));
        log(
          'warn',
          `${displayName} cannot be restored: ${error.detail}; the file was renamed to ${aside}, and the server starts empty`,
        );
      }
    }
  } catch (error) {
    stateFile.release();
    throw error;
  }

  let failed = false;
  let toldEnd = false;
  /** The machine's epoch ms before which a large state is not written again. */
  let notBefore = 0;
  let reportedSlow = false;
  let writing = Promise.resolve();

  async function write(isEnding: boolean): Promise<void> {
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
      if (failed) log('warn', `the state is written to ${displayName} again`);
      failed = false;
    } catch (error) {
      if (isEnding && !toldEnd)
        log(
          'warn',
          `the state cannot be written to ${displayName} (${(error as Error).message}); what has changed since the last successful write is lost; next time, give --state a file in a folder that stays and can be written`,
        );
      else if (!isEnding && !failed)
        log(
          'warn',
          `the state cannot be written to ${displayName} (${(error as Error).message}); the server keeps running and tries again every ${EVERY_MS / 1_000} s`,
        );
      failed = true;
      toldEnd ||= isEnding;
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

  const save = (isEnding = false) => {
    writing = writing.then(() => write(isEnding));
    return writing;
  };
  const renew = () => {
    try {
      stateFile.renew();
    } catch {
      // The next write reports the failure.
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
      await save(true);
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

/** Passes pieces on and reports how many real milliseconds each took to create. */
function* timed(pieces: Iterator<string>, took: (ms: number) => void): Generator<string> {
  for (;;) {
    const began = preciseTime();
    const { done, value } = runWork('writing the state of a sandbox as text', () => pieces.next());
    took(preciseTime() - began);
    if (done) return;
    yield value;
  }
}
