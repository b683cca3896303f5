/** The command line and the code that the page shows for a change, executed. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import {
  accountChange,
  addFaultChange,
  createLine,
  profileChange,
  quotaChange,
  removeFaultChange,
  removeSandboxChange,
  resetChange,
} from '../../src/ui/data/changes.js';
import { curlOf, literal } from '../../src/ui/data/commands.js';
import { Poll, type PollOptions, pauseAfter } from '../../src/ui/data/poll.js';

/** The arguments that a shell makes of a command line. */
function argumentsOf(line: string): string[] {
  const script = `curl() { for a in "$@"; do printf '%s\\0' "$a"; done; }; MOCK429_CONTROL_TOKEN=sesame; ${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the curl line', () => {
  it('gives the shell the method, the address and the body as they are', () => {
    const change = addFaultChange('', { match: { path: "/it's $HOME `id` <b>" }, status: 503 });
    const [s, url, d, body] = argumentsOf(curlOf(change, 'http://127.0.0.1:4290/__mock429/faults', false));
    expect([s, url, d, JSON.parse(body!)]).toEqual(['-s', 'http://127.0.0.1:4290/__mock429/faults', '-d', change.body]);
  });

  it('names the method where curl would choose another, and the token without its value', () => {
    expect(argumentsOf(curlOf(removeFaultChange('', 'fault-1'), 'http://h/x?a=1&b=2', true))).toEqual([
      '-s',
      '-X',
      'DELETE',
      '-H',
      'Authorization: Bearer sesame',
      'http://h/x?a=1&b=2',
    ]);
    expect(argumentsOf(curlOf(quotaChange('', 'id', 3), 'http://h/q', false)).slice(0, 3)).toEqual(['-s', '-X', 'PUT']);
  });
});

describe('the code', () => {
  it('is JavaScript with the same values', () => {
    const value = { a: 'it\'s "so"\n', 'b-c': [1, null, true], d: {}, e: undefined, '</script>': '\u2028' };
    const { e: _e, ...rest } = value;
    expect(new Function(`return ${literal(value)}`)()).toEqual(rest);
  });

  it('calls the method of the mock, or of the sandbox', () => {
    expect(addFaultChange('t1', { status: 503 }).code).toBe("mock.sandbox('t1').faults.add({ status: 503 })");
    expect(accountChange('', 'shop', 'a/b', { plan: 'free' })).toMatchObject({
      path: '/accounts/shop/a%2Fb',
      code: "mock.setAccount('shop', 'a/b', { plan: 'free' })",
    });
    expect(profileChange('', 'shop', { variants: [] }).code).toBe("await mock.setProfile('shop', { variants: [] })");
    expect(createLine('shop', { plan: 'free', variants: ['x'] })).toBe(
      "const mock = await createMock({ profile: 'shop', plan: 'free', variant: ['x'] })",
    );
    expect(createLine('shop', {})).toBe("const mock = await createMock({ profile: 'shop' })");
    expect(resetChange('', { clock: true }).code).toBe('mock.reset({ clock: true })');
    expect(removeSandboxChange('t1').code).toBe("mock.removeSandbox('t1')");
    expect(removeFaultChange('').code).toBe('mock.faults.remove()');
  });
});

it('a read that takes long is repeated less often', () => {
  expect(pauseAfter(2, { least: 400, share: 15 })).toBe(400);
  expect(pauseAfter(100, { least: 400, share: 15 })).toBe(1_500);
  expect(pauseAfter(1_000, { least: 400, share: 15, most: 5_000 })).toBe(5_000);
});

describe('a poll', () => {
  /** Its options are those of the moment, not those of the moment of the last read. @returns the pauses that it asked for */
  const pausesOf = async (options: () => PollOptions, use: (poll: Poll, run: () => Promise<void>) => Promise<void>) => {
    const pauses: number[] = [];
    let waiting = () => {};
    vi.spyOn(performance, 'now').mockReturnValue(0);
    vi.stubGlobal('setTimeout', (run: () => void, ms: number) => {
      pauses.push(ms);
      waiting = run;
      return pauses.length;
    });
    const run = async () => {
      waiting();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    };
    try {
      await use(new Poll(async () => {}, options), run);
    } finally {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    }
    return pauses;
  };

  it('takes the options of the moment for a read that waits', async () => {
    let least = 10_000;
    const pauses = await pausesOf(
      () => ({ least, share: 1 }),
      async (poll, run) => {
        poll.want();
        await run();
        poll.want();
        least = 1_000;
        poll.want();
      },
    );
    expect(pauses).toEqual([0, 10_000, 1_000]);
  });

  it('reads without a pause where a person asks for it, and not while it reads', async () => {
    const pauses = await pausesOf(
      () => ({ least: 10_000, share: 1 }),
      async (poll, run) => {
        poll.want();
        await run();
        poll.now();
        await run();
        poll.want();
      },
    );
    expect(pauses).toEqual([0, 0, 10_000]);
  });
});

it('one slow read does not delay the next one', async () => {
  let at = 0;
  const pauses: number[] = [];
  const waiting: (() => void)[] = [];
  vi.spyOn(performance, 'now').mockImplementation(() => at);
  vi.stubGlobal('setTimeout', (run: () => void, ms: number) => {
    pauses.push(ms);
    waiting.push(run);
    return pauses.length;
  });
  const took = [1_000, 1, 100, 100];
  const readSlowly = async () => {
    at += took.shift()!;
  };
  const poll = new Poll(readSlowly, () => ({ least: 400, share: 15 }));
  try {
    while (took.length > 0) {
      poll.want();
      waiting.pop()!();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      at += pauses.at(-1)!;
    }
    poll.want();
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
  // Each pause less the one that has passed meanwhile.
  expect(pauses).toEqual([0, 400, 0, 400, 1_100]);
});
