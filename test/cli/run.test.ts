/**
 * `mock429 run`: where the command finds the mock, what is printed and written of how it behaved, and how all of it ends.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChildEnd } from '../../src/commands/terminal/io.js';
import { useMock429 } from './program.js';
import { finished } from './terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'mock429-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Variables = Readonly<Record<string, string>>;

/** Runs it with a function in place of the command. */
async function running(
  flags: readonly string[],
  client: (variables: Variables) => Promise<ChildEnd | undefined>,
  env: Variables = {},
) {
  let asked: readonly string[] = [];
  const result = await finished(
    ['run', ...flags, '--', 'client', '--its-own', 'flag'],
    env,
    async (name, args, given) => {
      asked = [name, ...args];
      return (await client(given)) ?? { code: 0 };
    },
  );
  return { ...result, asked };
}

const KEY = { 'X-API-Key': 'klinky_live_aaaabbbb' };
const link = async (url: string) => (await fetch(`${url}/api/v1/public/links/none`, { headers: KEY })).status;
const ONE_LEFT = ['-p', 'klinky', '--set', 'policies.account-hour.quota=1', '--clock', '2026-05-12T08:00:00Z'];

/** Comes back at once, once. */
async function hasty({ MOCK429_URL }: Variables): Promise<undefined> {
  for (let i = 0; i < 3; i++) await link(MOCK429_URL!);
}

async function polite({ MOCK429_URL }: Variables): Promise<undefined> {
  await link(MOCK429_URL!);
}

test('what was found in sandboxes that had to make room is in the verdict', async () => {
  const { code, out } = await running([...ONE_LEFT, '--max-sandboxes', '1'], async ({ MOCK429_URL: url }) => {
    await hasty({ MOCK429_URL: `${url}/~a` });
    for (const name of ['b', 'c']) await polite({ MOCK429_URL: `${url}/~${name}` });
    return undefined;
  });
  expect(code).toBe(1);
  expect(out).toContain('mock429: FAIL');
  expect(out).toContain('5 requests were judged');
  expect(out).toContain('Klinky public API, until the sandbox was removed, sandbox a (klinky): FAIL');
  expect(out).toContain('Klinky public API, until the sandbox was removed, sandbox b (klinky): PASS');
  expect(out).toContain('Klinky public API, sandbox c (klinky): PASS');
});

describe('the command', () => {
  test('is run with its arguments, and told where the mock is', async () => {
    const { code, asked } = await running(['-p', 'klinky', '--base-url-env', 'KLINKY_URL'], async (variables) => {
      const { MOCK429_URL: url } = variables;
      expect(variables).toEqual({
        MOCK429_URL: url,
        MOCK429_URL_KLINKY: url,
        MOCK429_CONTROL_URL: `${url}/__mock429`,
        KLINKY_URL: url,
        NO_PROXY: '127.0.0.1,localhost,::1',
        no_proxy: '127.0.0.1,localhost,::1',
      });
      expect(await link(url!)).toBe(404);
      expect((await fetch(`${variables['MOCK429_CONTROL_URL']}/health`)).status).toBe(200);
      return undefined;
    });
    expect(asked).toEqual(['client', '--its-own', 'flag']);
    expect(code).toBe(0);
  });

  test('is told where each of several profiles is', async () => {
    const flags = [
      '-p',
      'klinky,full-domination',
      '--base-url-env',
      'full-domination:FD_URL',
      '--pass-with-no-requests',
    ];
    await running(flags, async (variables) => {
      const { MOCK429_URL: url } = variables;
      expect(variables).toEqual({
        MOCK429_URL: url,
        MOCK429_URL_KLINKY: `${url}/klinky`,
        MOCK429_URL_FULL_DOMINATION: `${url}/full-domination`,
        MOCK429_CONTROL_URL: `${url}/__mock429`,
        FD_URL: `${url}/full-domination`,
      });
      return undefined;
    });
    expect.assertions(1);
  });

  test('finds the mock gone once it has ended', async () => {
    let url = '';
    await running(['-p', 'klinky'], async ({ MOCK429_URL }) => {
      url = MOCK429_URL!;
      return polite({ MOCK429_URL: url });
    });
    await expect(link(url)).rejects.toThrow('fetch failed');
  });
});

describe('the verdict', () => {
  test('fails who comes back too early, and says so on stdout', async () => {
    const { code, out } = await running(ONE_LEFT, hasty);
    expect(code).toBe(1);
    expect(out).toMatch(/came back \d+ ms after being told to wait .+, on key klinky…bbbb/);
  });

  test('passes who does not', async () => {
    const { code, out } = await running(ONE_LEFT, polite);
    expect(code).toBe(0);
    expect(out).toMatch(/^mock429: PASS, no findings\n/);
  });

  test('that warns fails where warnings are to', async () => {
    const gaveUp = async ({ MOCK429_URL }: Variables): Promise<undefined> => {
      await link(MOCK429_URL!);
      await fetch(`${MOCK429_URL}/api/v1/public/links`, { headers: KEY });
      await fetch(`${MOCK429_URL}/__mock429/reset`, { method: 'POST' });
      await polite({ MOCK429_URL: MOCK429_URL! });
      const refused = await fetch(`${MOCK429_URL}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_b' } });
      expect(refused.status).toBe(429);
    };
    const warned = await running(ONE_LEFT, gaveUp);
    expect(warned.out).toContain('gave up on GET /api/v1/public/links');
    expect(warned.code).toBe(0);
    expect((await running([...ONE_LEFT, '--fail-on', 'warn'], gaveUp)).code).toBe(1);
  });

  test('takes in what was done in sandboxes', async () => {
    const { code, out } = await running(ONE_LEFT, async ({ MOCK429_URL }) => {
      await polite({ MOCK429_URL: MOCK429_URL! });
      return hasty({ MOCK429_URL: `${MOCK429_URL}/~t1` });
    });
    expect(code).toBe(1);
    expect(out).toContain('sandbox t1');
  });

  test('does not hide how the command ended', async () => {
    const failed = await running(ONE_LEFT, async (variables) => {
      await hasty(variables);
      return { code: 7 };
    });
    expect(failed.code).toBe(7);
    expect(failed.out).toContain('came back');
    const killed = await running(ONE_LEFT, async () => ({ signal: 'SIGKILL', number: 9 }));
    expect(killed.code).toBe(137);
  });

  test('of nothing fails, unless told otherwise', async () => {
    const nothing = async () => undefined;
    const { code, err } = await running(['-p', 'klinky'], nothing);
    expect(code).toBe(1);
    expect(err).toContain('sent no requests to the mock');
    expect((await running(['-p', 'klinky', '--pass-with-no-requests'], nothing)).code).toBe(0);
  });

  test('is written to files, whose folders are made', async () => {
    const file = join(folder, 'deep/report.json');
    await running([...ONE_LEFT, '--report', `json=${file}`, '--report', `text=${join(folder, 'report.txt')}`], hasty);
    const report = JSON.parse(readFileSync(file, 'utf8'));
    expect(report).toMatchObject({ verdict: 'fail', requests: { judged: 3, lost: 0 } });
    expect(readFileSync(join(folder, 'report.txt'), 'utf8')).toContain('came back');
  });
});

describe('reports', () => {
  test('are said to lie where they were written, on stderr', async () => {
    const [page, xml] = [join(folder, 'last.html'), join(folder, 'last.xml')];
    const one = await running([...ONE_LEFT, '--report', `html=${page}`], hasty);
    expect(one.err).toBe(`mock429: the report is in ${page}\n`);
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>\n.*<figure>/s);
    const two = await running([...ONE_LEFT, '--report', `html=${page}`, '--report', `junit=${xml}`], hasty);
    expect(two.err).toBe(`mock429: the reports are in ${page}, ${xml}\n`);
  });

  test('point to the file that was named', async () => {
    const file = join(folder, 'located.sarif');
    await running([...ONE_LEFT, '--report', `sarif=${file}`, '--sarif-location', 'src/client.ts'], hasty);
    const { runs } = JSON.parse(readFileSync(file, 'utf8'));
    expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation).toEqual({ uri: 'src/client.ts' });
  });

  test('are not there while the command runs, nor are their folders', async () => {
    const file = join(folder, 'late/report.json');
    await running([...ONE_LEFT, '--report', `json=${file}`], async (variables) => {
      expect(existsSync(join(folder, 'late'))).toBe(false);
      return polite(variables);
    });
    expect(existsSync(file)).toBe(true);
  });

  test('are left as they were where the command cannot be run', async () => {
    const [old, fresh] = [join(folder, 'old.json'), join(folder, 'never/fresh.json')];
    writeFileSync(old, 'former');
    const { code, err } = await running(
      ['-p', 'klinky', '--report', `json=${old}`, '--report', `text=${fresh}`],
      async () => {
        throw Object.assign(new Error('spawn client EACCES'), { code: 'EACCES' });
      },
    );
    expect([code, err]).toEqual([127, 'mock429: cannot run client: spawn client EACCES\n']);
    expect([readFileSync(old, 'utf8'), existsSync(join(folder, 'never'))]).toEqual(['former', false]);
  });

  test('that cannot be written after all are told, and the others are written', async () => {
    const [lost, kept] = [join(folder, 'lost/report.json'), join(folder, 'kept.txt')];
    const flags = [...ONE_LEFT, '--report', `json=${lost}`, '--report', `text=${kept}`];
    const block = async (variables: Variables): Promise<undefined> => {
      writeFileSync(join(folder, 'lost'), 'in the way');
      return polite(variables);
    };
    const { code, out, err } = await running(flags, block);
    expect(code).toBe(2);
    expect(err).toMatch(/^mock429: --report json=\S+: cannot be written \(.*\)\n$/);
    expect(readFileSync(kept, 'utf8')).toBe(out);
    rmSync(join(folder, 'lost'));
    const failing = await running(flags, async (variables) => {
      await block(variables);
      return { code: 7 };
    });
    expect(failing.code).toBe(7);
  });
});

describe('while the command runs', () => {
  const long = async ({ MOCK429_URL }: Variables): Promise<undefined> => {
    await hasty({ MOCK429_URL: MOCK429_URL! });
    vi.advanceTimersByTime(20_000);
  };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('a line every ten seconds tells on stderr how it goes', async () => {
    const { out, err } = await running(ONE_LEFT, long);
    const rest = '3 requests, 2 refused; 1 refusal are waiting, and the clock is frozen until it is advanced';
    expect(err).toBe(`mock429: 10 s: ${rest}\nmock429: 20 s: ${rest}\n`);
    expect(out).not.toContain(rest);
  });

  test('nothing does with --quiet', async () => {
    expect((await running([...ONE_LEFT, '--quiet'], long)).err).toBe('');
  });
});

describe('nothing is run', () => {
  const never = async (): Promise<never> => {
    throw new Error('it was run');
  };
  test.each([
    [['--report', 'pdf=x'], /--report pdf=x: there is no format "pdf"; /],
    [['--report', 'json'], /--report json: names no file; write json=FILE/],
    [['--report', 'json=/proc/none/x.json'], /--report json=\/proc\/none\/x\.json: cannot be written \(ENOENT/],
    [['--report', 'json=x.json', '--report', 'text=./x.json'], /--report json=x\.json is written to the same file/],
    [['--report', 'json=x.json', '--state', 'x.json'], /--report json=x\.json: --state is written to the same file/],
    [['--sarif-location', 'src/a.ts'], /--sarif-location is for a SARIF report; add --report sarif=FILE/],
    [['--report', 'sarif=x.sarif', '--sarif-location', '../a.ts'], /is not a file below the repository's root/],
    [['--fail-on', 'info'], /--fail-on info: is not a severity; give error or warn/],
    [['--base-url-env', 'klinki:X'], /no profile "klinki" is served; did you mean "klinky"\?/],
    [['--base-url-env', 'A-B'], /"A-B" cannot name a variable/],
    [['--compress', '0'], /"0" is not a factor/],
    [['--plan', 'gold'], /gold/],
  ])('with %j', async (flags, message) => {
    const { code, err } = await running(['-p', 'klinky', ...flags], never);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('where a name does not say for which of several profiles it is', async () => {
    const { code, err } = await running(['-p', 'klinky,acrely', '--base-url-env', 'X'], never);
    expect([code, err]).toEqual([2, 'mock429: --base-url-env X: several profiles are served; write PROFILE:X\n']);
  });

  test('where there is no command', async () => {
    const { code, err } = await finished(['run', '-p', 'klinky']);
    expect([code, err]).toEqual([2, "mock429: missing required argument 'command'; --help shows what there is\n"]);
  });
});

describe('the built program', () => {
  const mock429 = useMock429();
  const script = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test('runs a command in its own terminal, and prints the verdict after it', async () => {
    const client = script(
      'client.mjs',
      `const response = await fetch(process.env.MOCK429_URL + '/api/v1/public/links/x', { headers: { 'X-API-Key': 'klinky_live_a' } });
       console.log('status', response.status, process.argv[2]);`,
    );
    const { code, stdout } = await mock429.start(['run', '-p', 'klinky', '--', process.execPath, client, '--own'])
      .ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status 404 --own\n/);
    expect(stdout).toContain('mock429: PASS, no findings\n');
  });

  test('passes signals on, and ends with the command', async () => {
    const client = script(
      'waiting.mjs',
      `process.on('SIGTERM', () => { console.log('told to end'); process.exit(3); });
       console.log('ready at', process.env.MOCK429_URL);
       setInterval(() => {}, 1_000);`,
    );
    const program = mock429.start(['run', '-p', 'klinky', '--', process.execPath, client]);
    const [, url] = await program.printed(/ready at (\S+)/);
    program.signal('SIGTERM');
    const { code, stdout } = await program.ended;
    expect(stdout).toContain('told to end');
    // The report is given all the same.
    expect(stdout).toMatch(/^mock429: NOTHING JUDGED, no requests came$/m);
    expect(code).toBe(3);
    await expect(fetch(url!)).rejects.toThrow('fetch failed');
  });

  test('tells of a command that is not there', async () => {
    const { code, stderr } = await mock429.start(['run', '-p', 'klinky', '--', 'no-such-command']).ended;
    expect([code, stderr]).toEqual([127, 'mock429: cannot run no-such-command: there is no such command\n']);
  });
});
