/** The command line and the code that the page shows for a change, executed. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
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
import { pauseAfter } from '../../src/ui/data/poll.js';

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
});
