/**
 * What the commands that only look print: validate, profiles, help, and names with a slip.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { profilesAndVariants } from '../helpers/providers.js';
import { finished } from './terminal.js';

const ids = readdirSync('profiles')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

describe('validate', () => {
  test('tells the size of what is well, by file or id', async () => {
    const { code, out, err } = await finished(['validate', 'profiles/klinky.yaml', 'prediction']);
    const sizes = (id: string) => {
      const profile = parse(readFileSync(`profiles/${id}.yaml`, 'utf8'), { merge: true }) as Record<string, object>;
      const { paths } = parse(readFileSync(`openapi/${id}.yaml`, 'utf8')) as { paths: Record<string, object> };
      const methods = Object.values(paths).flatMap(Object.keys);
      const operations = methods.filter((key) => /^(get|put|post|patch|delete)$/.test(key)).length;
      return [Object.keys(profile['policies']!).length, operations, Object.keys(profile['variants']!).length];
    };
    const line = (name: string, [policies, operations, variants]: readonly number[]) =>
      `${name}: ok (${policies} polic${policies === 1 ? 'y' : 'ies'}, ${operations} operations, ${variants} variant${variants === 1 ? '' : 's'})\n`;
    expect({ code, out, err }).toEqual({
      code: 0,
      out: line('profiles/klinky.yaml', sizes('klinky')) + line('prediction', sizes('prediction')),
      err: '',
    });
  });

  test('finds nothing wrong with what comes with it, each variant included', async () => {
    const { code, out } = await finished(['validate', '--json', ...ids]);
    const verdicts = JSON.parse(out) as { id: string; ok: boolean; variants: number; issues: unknown[] }[];
    expect(code).toBe(0);
    expect(verdicts.map(({ id, ok, issues }) => ({ id, ok, issues }))).toEqual(
      ids.map((id) => ({ id, ok: true, issues: [] })),
    );
    const variants = profilesAndVariants().filter((one) => one.variants.length > 0).length;
    expect(verdicts.reduce((sum, one) => sum + one.variants, 0)).toBe(variants);
  });

  test('prints an issue a line, of a document too, and goes on with the next file', async () => {
    const bad = ['unknown-key-top', 'document-dangling-ref', 'two-mistakes'].map(
      (name) => `test/bad-profiles/${name}.yaml`,
    );
    const said = (file: string) =>
      [...readFileSync(file, 'utf8').matchAll(/^# expect: (.*)$/gm)].map((match) => match[1]!);
    const [first, second, third] = bad.map(said);
    expect(second!.length).toBeGreaterThan(1);
    // What is wrong with a document is a warning: the rest of it is served.
    const expected = [
      ...first!,
      ...second!.map((line) => `${line} (warning)`),
      `${bad[1]}: ok (1 policy, 3 operations, 1 variant, 2 warnings)`,
      ...third!,
    ];
    const { code, out, err } = await finished(['validate', ...bad, 'klinky']);
    expect(code).toBe(2);
    expect(out.split('\n').slice(0, -2)).toEqual(expected);
    expect(out.split('\n').at(-2)).toMatch(/^klinky: ok/);
    expect(err).toBe('');
  });

  test('exits 0 where all there is are warnings about the document', async () => {
    const { code, out } = await finished(['validate', 'test/bad-profiles/document-dangling-ref.yaml']);
    expect({ code, lines: out.split('\n').length }).toEqual({ code: 0, lines: 4 });
  });

  test('names the variant that is at fault where the profile itself is well', async () => {
    const file = 'test/bad-profiles/variant-names-nothing.yaml';
    const { code, out } = await finished(['validate', file]);
    const expected = /^# expect: (.*)$/m.exec(readFileSync(file, 'utf8'))![1];
    const [, variant] = /^# variant: (.*)$/m.exec(readFileSync(file, 'utf8'))!;
    expect({ code, out }).toEqual({ code: 2, out: `${expected}  (variant ${variant})\n` });
    const json = JSON.parse((await finished(['validate', file, '--json'])).out) as object[];
    expect(json).toMatchObject([
      { file, ok: false, id: 'shop', issues: [{ file, variant, code: expect.stringMatching(/^profile\//) }] },
    ]);
  });

  test('says so of what is no file of a profile', async () => {
    const { code, out } = await finished(['validate', './none.yaml', './profiles', 'klinki']);
    expect(code).toBe(2);
    expect(out.split('\n')).toEqual([
      './none.yaml:1:1  there is no such file; check the path  [profile/unknown]',
      'profiles:1:1  this is a folder; give the path of a file that may be read  [profile/unreadable]',
      expect.stringMatching(/^there is no profile "klinki"; did you mean "klinky"\?/),
      '',
    ]);
  });
});

describe('profiles', () => {
  test('is a table with a row for each', async () => {
    const { code, out } = await finished(['profiles']);
    expect(code).toBe(0);
    const [head, rule] = out.split('\n');
    expect(head!.split(/ {2,}/)).toEqual(['ID', 'TITLE', 'POLICIES', 'VARIANTS', 'PLANS', 'FIXTURES']);
    expect(rule).toMatch(/^-+( {2}-+){5}$/);
    for (const id of ids) expect(out).toMatch(new RegExp(`^${id} `, 'm'));
    // Columns stand below their heads.
    const column = head!.indexOf('POLICIES');
    const aiclicks = out.split('\n').find((line) => line.startsWith('aiclicks'))!;
    expect(aiclicks.slice(column)).toMatch(
      /^key-minute 60\/60s by key {2,}clock-minute {2,}standard \* {2,}ak_live_revoked$/,
    );
    expect(out).toContain('token-in-flight 20 at once by token');
    expect(out).toContain('key-running 5 predictions at once by key');
  });

  test('names a table of quotas, and shows what a stock is', async () => {
    const { out } = await finished(['profiles', 'x', 'test/docs/profiles/meter.profile.yaml']);
    expect(out).toContain('user quota by operation/15m by app+user+operation');
    expect(out).toContain('credits 5000 in all by account');
    expect(out).not.toContain('[object');
  });

  test('gives scripts what they need', async () => {
    const { out } = await finished(['profiles', 'klinky', '--json']);
    expect(JSON.parse(out)).toMatchObject([
      {
        id: 'klinky',
        file: 'profiles/klinky.yaml',
        plan: 'scale',
        policies: [{ id: 'account-hour', quota: 1000, partitionBy: ['account'], window: { length: '1h' } }],
        variants: [{ id: 'sliding-hour', says: expect.any(String) }],
        fixtures: expect.arrayContaining([expect.objectContaining({ key: 'klinky_live_revoked' })]),
      },
    ]);
  });

  test('takes a file of your own, and refuses one that is broken', async () => {
    expect((await finished(['profiles', 'test/sixth/tidewatch.profile.yaml'])).out).toContain('tidewatch  Tidewatch');
    const broken = await finished(['profiles', 'test/bad-profiles/unknown-key-top.yaml']);
    expect(broken).toMatchObject({ code: 2, out: '' });
    expect(broken.err).toMatch(/^mock429: test\/bad-profiles\/unknown-key-top\.yaml:\d+:\d+ /);
  });
});

describe('explain', () => {
  test('tells every policy, header, plan and variant in lines', async () => {
    const { code, out } = await finished(['explain', 'full-domination']);
    expect(code).toBe(0);
    const [{ policies }] = JSON.parse((await finished(['profiles', 'full-domination', '--json'])).out) as [
      { policies: { id: string }[] },
    ];
    expect(out).toMatch(/^AI Domination API \(Full Domination\) \(full-domination\), https:/);
    expect(policies.length).toBeGreaterThan(3);
    for (const [i, { id }] of policies.entries()) expect(out).toMatch(new RegExp(`^${i + 1}\\. ${id}$`, 'm'));
    expect(out).toMatch(/^ +Documented: “/m);
    expect(out).not.toMatch(/undefined|\[object/);
  });

  test('tells it as a variant has it', async () => {
    const usual = await finished(['explain', 'klinky']);
    const sliding = await finished(['explain', 'klinky', '--variant', 'sliding-hour']);
    expect(sliding.code).toBe(0);
    expect(sliding.out).not.toBe(usual.out);
    const json = JSON.parse((await finished(['explain', 'klinky', '--variant', 'sliding-hour', '--json'])).out);
    expect(json).toEqual({
      id: 'klinky',
      title: 'Klinky public API',
      variants: ['sliding-hour'],
      explanation: sliding.out.trimEnd().split('\n'),
    });
    const unknown = await finished(['explain', 'klinky', '--variant', 'sliding']);
    expect(unknown).toMatchObject({ code: 2, out: '', err: expect.stringContaining('did you mean "sliding-hour"?') });
  });

  test('takes a file of your own', async () => {
    expect((await finished(['explain', 'test/sixth/tidewatch.profile.yaml'])).out).toMatch(/^2\. account-day$/m);
  });
});

describe('help', () => {
  test.each(['serve', 'validate', 'profiles', 'explain', 'init'])('of %s shows an example', async (name) => {
    const { code, out, err } = await finished([name, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`Examples?:\n {2}mock429 ${name === 'serve' ? 'openapi.yaml' : name} `));
    expect((await finished(['--help'])).out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });
});

describe('a name with a slip', () => {
  test.each([
    [['valdate', 'x.yaml'], 'there is no command "valdate"; did you mean "validate"?'],
    [['klinky'], 'there is no file "klinky"; profiles are named by --profile klinky'],
    [['validate'], "missing required argument 'profile'; --help shows what there is"],
    [['init'], "missing required argument 'openapi'; --help shows what there is"],
    [['profiles', '--jsno'], "unknown option '--jsno' (Did you mean --json?); --help shows what there is"],
  ])('%j', async (args, says) => {
    expect(await finished(args)).toEqual({ code: 2, out: '', err: `mock429: ${says}\n` });
  });
});
