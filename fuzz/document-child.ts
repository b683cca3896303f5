/**
 * Validates profiles for the fuzzer, in a process that may be ended: `{ file, requests }` in, `{ ok, wrong }` out.
 *
 * A profile that is found to be good is served in-process and asked a few things: what `validate` passes must not fail later.
 * @module
 */
import { createMock } from '../src/index.js';
import { validateProfile } from '../src/profile/validate.js';

/** A profile to validate, and the requests to send to it where it is found to be good. */
export interface Task {
  /** Path of the profile. */
  readonly file: string;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
  }[];
}

/** What came of a task. */
export interface Finding {
  /** Whether `validate` found a provider and no issues. */
  readonly ok: boolean;
  /** What should not have happened. */
  readonly wrong: string | undefined;
}

process.on('message', (task: Task) => {
  void check(task).then((finding) => process.send!(finding));
});
process.on('disconnect', () => process.exit());
process.send!('ready');

async function check({ file, requests }: Task): Promise<Finding> {
  let ok = false;
  try {
    const { issues, provider } = validateProfile(file);
    ok = provider !== undefined && issues.length === 0;
    const mute = issues.find(({ problem, fix }) => !problem || !fix);
    if (mute) return { ok, wrong: `an issue that does not tell what is wrong: ${JSON.stringify(mute)}` };
    if (!ok && issues.length === 0) return { ok, wrong: 'neither a provider nor an issue' };
  } catch (error) {
    return { ok, wrong: `validate threw ${(error as Error)?.stack ?? String(error)}` };
  }
  return { ok, wrong: ok ? await serve(file, requests) : undefined };
}

async function serve(file: string, requests: Task['requests']): Promise<string | undefined> {
  try {
    const mock = await createMock({ profile: file, clock: { now: '2026-05-12T08:00:00Z', frozen: true } });
    try {
      for (const { method, path, headers } of requests) {
        const response = await mock.fetch(path, { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) });
        const text = await response.text();
        if (response.status >= 500 && text.includes('urn:mock429:'))
          return `${method} ${path} answers ${response.status}: ${text}`;
      }
    } finally {
      await mock.close();
    }
  } catch (error) {
    return `validate passed it, and then ${(error as Error)?.stack ?? String(error)}`;
  }
  return undefined;
}
