/**
 * `--state FILE`: what another start goes on with, what of the file is kept aside, and what happens when it cannot be written.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { persistState } from '../../src/commands/files/keep-state.js';
import { type ComposedMock, composeMock } from '../../src/mock.js';
import { temporaryFolder } from '../tools/build.js';
import { useMock429 } from './program.js';
import { command, finished, type Session } from './terminal.js';

const files = temporaryFolder('state');
afterAll(files.remove);

let folder: string;
let file: string;
let serial = 0;
beforeEach(() => {
  serial += 1;
  folder = join(files.path, String(serial));
  mkdirSync(folder);
  file = join(folder, 'state.json');
});

const KEY = { 'X-API-Key': 'klinky_live_aaaabbbb' };
const left = async (url: string) =>
  (await fetch(`${url}/api/v1/public/links`, { headers: KEY })).headers.get('x-ratelimit-remaining');

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) {
    session.stop();
    await session.ended;
  }
});

async function serve(...flags: string[]): Promise<{ session: Session; url: string; end: () => Promise<string> }> {
  const session = command(['-p', 'klinky', '--port', '0', '--clock', '2026-05-12T08:00:00Z', ...flags]);
  sessions.push(session);
  const [, url] = await session.printed(/^mock429 klinky (\S+)\n/m);
  const end = async () => {
    session.stop();
    expect(await session.ended).toBe(0);
    return session.err;
  };
  return { session, url: url!, end };
}

describe('a server with --state', () => {
  test('goes on where the one before ended, in every sandbox', async () => {
    const first = await serve('--state', file);
    expect([await left(first.url), await left(first.url), await left(`${first.url}/~t1`)]).toEqual([
      '999',
      '998',
      '999',
    ]);
    expect(await first.end()).toBe('');
    expect(readdirSync(folder)).toEqual(['state.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = await serve('--state', file);
    expect(second.session.err).toMatch(
      /^mock429: restored the state of \S+Z from \S+state\.json with 1 named sandbox\nmock429: the clock was restored as well and shows 2026-05-12T08:00:00\.000Z; --clock applies to an empty state only\n$/,
    );
    expect([await left(second.url), await left(`${second.url}/~t1`)]).toEqual(['997', '998']);
  });

  test('may be told by the environment', async () => {
    const first = command(['-p', 'klinky', '--port', '0'], { MOCK429_STATE: file });
    sessions.push(first);
    await first.printed(/^mock429 klinky/m);
    first.stop();
    await first.ended;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 'mock429-state', version: 1 });
  });

  test('writes to where a link leads', async () => {
    symlinkSync('real.json', file);
    const first = await serve('--state', file);
    await left(first.url);
    await first.end();
    expect(readdirSync(folder).sort()).toEqual(['real.json', 'state.json']);
    const second = await serve('--state', join(folder, 'real.json'));
    expect(await left(second.url)).toBe('998');
  });

  test('makes the folder', async () => {
    const { url, end } = await serve('--state', join(folder, 'a/b/state.json'));
    await left(url);
    await end();
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['state.json']);
  });

  test('does not write what it has only read', async () => {
    const first = await serve('--state', file);
    await left(first.url);
    await first.end();
    const before = readFileSync(file, 'utf8');
    await (await serve('--state', file)).end();
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('tells what a changed profile leaves out', async () => {
    const first = await serve('--state', file);
    await left(first.url);
    await first.end();
    const second = await serve('--state', file, '--variant', 'sliding-hour');
    expect(second.session.err).toContain(
      'state.json: klinky now counts account-hour in another way; its counts are dropped\n',
    );
    expect(await left(second.url)).toBe('999');
  });
});

describe('a file that cannot be restored', () => {
  test.each([
    ['is empty', '', 'it is empty'],
    ['is none', 'klinky_live_secret', 'it is not JSON'],
    ['is something else', '{"format":"other"}', 'its format is not "mock429-state"'],
    [
      'is of a newer version',
      '{"format":"mock429-state","version":99}',
      'it is of version 99, and this mock429 reads 1',
    ],
  ])('since it %s is kept aside, and told', async (_what, text, why) => {
    writeFileSync(file, text);
    const { session, url, end } = await serve('--state', file);
    expect(session.err).toContain(`state.json cannot be restored: ${why}`);
    expect(session.err).not.toContain('secret');
    const [, aside] = /the file was renamed to (\S+), and the server starts empty\n/.exec(session.err)!;
    expect(aside).toMatch(/state\.json\.broken-\d{8}T\d{6}Z$/);
    expect(readFileSync(aside!, 'utf8')).toBe(text);
    expect(await left(url)).toBe('999');
    await end();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
    expect(readFileSync(aside!, 'utf8')).toBe(text);
  });
});

describe('nothing is served', () => {
  test.each([
    ['a folder', () => folder, /this is not a file; give the path of a file, which need not exist yet/],
    ['a device', () => '/dev/null', /this is not a file/],
    ['below a file', () => join(file, 'x'), /it cannot be used \(ENOTDIR/],
    ['where there can be no folder', () => '/proc/none/state.json', /it cannot be used \(ENOENT/],
  ])('where FILE is %s', async (_what, path, message) => {
    writeFileSync(file, '');
    const { code, out, err } = await finished(['-p', 'klinky', '--port', '0', '--state', path()]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^mock429: --state .*\n$/);
  });

  test('where another server uses the file, and that one goes on', async () => {
    const { url, end } = await serve('--state', file);
    const { code, err } = await finished(['-p', 'klinky', '--port', '0', '--state', file]);
    expect(code).toBe(2);
    expect(err).toBe(
      `mock429: --state ${file}: process ${process.pid} is using it; stop that process, or give another file\n`,
    );
    expect(await left(url)).toBe('999');
    await end();
    expect(existsSync(file)).toBe(true);
  });

  test('on a port that is taken, and the file is left alone', async () => {
    const { url } = await serve();
    const { code } = await finished(['-p', 'klinky', '--port', new URL(url).port, '--state', file]);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('while it is served', () => {
  let mock: ComposedMock;
  const said: string[] = [];
  const processes = { pid: process.pid, host: 'here', mark: () => 'now' };
  const methods = {
    checkFault: <T>(fault: T) => fault,
    reportOf: () => {
      throw new Error('nobody asks for a report');
    },
  };
  const keep = (path = file) => persistState(path, mock, processes, (_level, message) => said.push(message));
  beforeEach(async () => {
    said.length = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    mock = await composeMock({ profile: 'klinky', clock: 'frozen' }, methods);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await mock.close();
  });
  const ask = () => mock.fetch('/api/v1/public/links', { headers: KEY });
  const remaining = async () => (await ask()).headers.get('x-ratelimit-remaining');

  test('is written every ten seconds, if something has changed', async () => {
    const state = await keep();
    await ask();
    expect(existsSync(file)).toBe(false);
    vi.advanceTimersByTime(10_000);
    await state.save();
    const first = readFileSync(file, 'utf8');
    vi.advanceTimersByTime(10_000);
    await state.save();
    expect(readFileSync(file, 'utf8')).toBe(first);
    await ask();
    vi.advanceTimersByTime(9_999);
    expect(readFileSync(file, 'utf8')).toBe(first);
    vi.advanceTimersByTime(1);
    await state.save();
    expect(readFileSync(file, 'utf8')).not.toBe(first);
    await ask();
    // A process that is killed has written no more than that.
    const other = join(folder, 'killed.json');
    copyFileSync(file, other);
    await state.close();
    mock.reset();
    await (await keep(other)).close();
    expect(await remaining()).toBe('997');
  });

  test('is told once where it cannot be written, and again once it can', async () => {
    const inner = join(folder, 'inner');
    const state = await keep(join(inner, 'state.json'));
    await ask();
    await state.save();
    rmSync(inner, { recursive: true });
    for (let i = 0; i < 3; i++) {
      await ask();
      vi.advanceTimersByTime(10_000);
      await state.save();
    }
    expect(said).toEqual([
      expect.stringMatching(
        /^the state cannot be written to \S+ \(ENOENT.*\); the server keeps running and tries again every 10 s$/,
      ),
    ]);
    expect(await remaining()).toBe('995');
    mkdirSync(inner);
    await state.save();
    expect(said[1]).toMatch(/^the state is written to \S+ again$/);
    await state.close();
    expect(readdirSync(inner)).toEqual(['state.json']);
  });

  test('that is not written at the end is told, also where that was told before', async () => {
    const inner = join(folder, 'inner');
    const state = await keep(join(inner, 'state.json'));
    await ask();
    await state.save();
    rmSync(inner, { recursive: true });
    await ask();
    await state.save();
    await state.save(true);
    await state.close();
    expect(said).toEqual([
      expect.stringContaining('tries again every 10 s'),
      expect.stringMatching(
        /^the state cannot be written to \S+ \(ENOENT.*\); what has changed since the last successful write is lost; next time, give --state a file in a folder that stays and can be written$/,
      ),
    ]);
  });

  test('leaves the former file whole where a new one cannot be', async () => {
    const state = await keep();
    await ask();
    await state.save();
    const before = readFileSync(file, 'utf8');
    // It ends in the middle, as where a sandbox is too large for a string.
    const { stringify } = JSON;
    const write = vi.spyOn(JSON, 'stringify').mockImplementation((...args) => {
      if (Object.hasOwn(Object(args[0]), 'snapshot')) throw new RangeError('Invalid string length');
      return stringify(...(args as Parameters<typeof stringify>));
    });
    await ask();
    await state.save();
    write.mockRestore();
    expect(said).toEqual([expect.stringContaining('(Invalid string length)')]);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(['state.json', 'state.json.lock']);
    await state.close();
  });

  test('stops where another process has taken the file', async () => {
    const state = await keep();
    await ask();
    await state.save();
    const before = readFileSync(file, 'utf8');
    writeFileSync(`${file}.lock`, '{"pid":1,"host":"there","mark":""}');
    await ask();
    await state.close();
    expect(said).toEqual([expect.stringContaining('another process has taken the file')]);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });

  test('removes what a process left that was killed while it wrote', async () => {
    writeFileSync(`${file}.tmp`, 'half');
    const state = await keep();
    expect(readdirSync(folder)).toEqual(['state.json.lock']);
    await ask();
    await state.close();
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('keeps broken files of the same second apart', async () => {
    for (const text of ['first', 'second', 'third']) {
      writeFileSync(file, text);
      await (await keep()).close();
    }
    const kept = readdirSync(folder).filter((name) => name.includes('broken'));
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8')).sort()).toEqual(['first', 'second', 'third']);
  });
});

describe('the built program', () => {
  const mock429 = useMock429();

  test('takes over from one that was killed', async () => {
    const flags = ['-p', 'klinky', '--port', '0', '--state', 'killed.json'];
    const first = await mock429.serve(flags);
    await left(first.url);
    first.program.signal('SIGTERM');
    await first.program.ended;
    const second = await mock429.serve(flags);
    expect(await left(second.url)).toBe('998');
    const refused = await mock429.start(flags).ended;
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^mock429: --state killed\.json: process \d+ is using it; stop that process/);
    second.program.signal('SIGKILL');
    await second.program.ended;
    expect(existsSync(join(mock429.folder, 'killed.json.lock'))).toBe(true);
    const third = await mock429.serve(flags);
    // What the second one counted was not yet written.
    expect(await left(third.url)).toBe('998');
  });

  test('keeps the state of a run', async () => {
    const client = `await fetch(process.env.MOCK429_URL + '/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } })`;
    const flags = ['run', '-p', 'klinky', '--state', 'run.json', '--', process.execPath, '-e', client];
    for (let i = 0; i < 2; i++) {
      const { code, stdout } = await mock429.start(flags).ended;
      expect(code).toBe(0);
      // Requests of the first run are none of the second's.
      expect(stdout).toContain('1 request was judged');
    }
    const state = readFileSync(join(mock429.folder, 'run.json'), 'utf8');
    expect(JSON.parse(state).sandboxes[0].snapshot.requests).toBe(2);
  });
});
