/**
 * What GitHub's runner does with a job, as far as steps that run something go.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../tools/build.js';
import { type End, start } from '../tools/child.js';

/** A step of a job in a workflow, or of a composite action. */
export interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly [WorkflowStep & { readonly 'working-directory': string }] };
}

/** The repository’s own `action.yml`. */
export const ACTION = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;

/** The steps of an example's only job. */
export function stepsOf(workflow: string): readonly WorkflowStep[] {
  const text = readFileSync(join(ROOT, 'examples/github-actions', workflow), 'utf8');
  const [job] = Object.values((parse(text) as { jobs: Record<string, { steps: WorkflowStep[] }> }).jobs);
  return job!.steps;
}

/** How a step ended, and what it wrote to the files of the runner. */
export interface Ran extends End {
  /** What is shown of the step on the job's page. */
  readonly summary: string;
  /** By name, as read from the file that `GITHUB_OUTPUT` names. */
  readonly outputs: Readonly<Record<string, string>>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Runs a script as a step, by the shell that the runner takes: for `bash` with pipefail, when none is named without. */
export async function runScript(step: WorkflowStep, cwd: string, env: Variables): Promise<Ran> {
  const own = join(cwd, '.runner');
  mkdirSync(own, { recursive: true });
  const files = { script: join(own, 'step.sh'), summary: join(own, 'summary.md'), output: join(own, 'output') };
  writeFileSync(files.script, step.run!);
  for (const file of [files.summary, files.output]) writeFileSync(file, '');
  const shell = step.shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
  const variables = {
    CI: 'true',
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_OUTPUT: files.output,
    RUNNER_TEMP: own,
    // Nothing is fetched that is here already.
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    ...step.env,
    ...env,
  };
  const end = await start('bash', [...shell, files.script], { cwd, env: variables }).ended;
  return { ...end, summary: readFileSync(files.summary, 'utf8'), outputs: readOutputs(files.output) };
}

/** Runs the action with these inputs. */
export async function runAction(
  given: Readonly<Record<string, unknown>>,
  cwd: string,
  env: Variables = {},
): Promise<Ran> {
  const unknown = Object.keys(given).filter((name) => !(name in ACTION.inputs));
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`);
  const inputs = Object.fromEntries(
    Object.entries(ACTION.inputs).map(([name, { default: usual = '' }]) => [name, String(given[name] ?? usual)]),
  );
  const [step] = ACTION.runs.steps;
  const fill = (text: string) =>
    text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => {
      if (!(name in inputs)) throw new Error(`the action reads an input "${name}" that it does not have`);
      return inputs[name]!;
    });
  const filled = Object.fromEntries(Object.entries(step.env!).map(([name, value]) => [name, fill(value)]));
  const directory = join(cwd, fill(step['working-directory']));
  return runScript({ ...step, env: filled }, directory, { GITHUB_ACTION_PATH: ROOT.replace(/\/$/, ''), ...env });
}

/** `name=value` lines, and `name<<END` ones with the lines up to END. */
function readOutputs(file: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = readFileSync(file, 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, name, kind, rest] = /^([\w-]+)(=|<<)(.*)$/.exec(lines[i]!) ?? [];
    if (name === undefined && lines[i] !== '') throw new Error(`the runner cannot read the output "${lines[i]}"`);
    if (name === undefined) continue;
    if (kind === '=') {
      outputs[name] = rest!;
      continue;
    }
    const end = lines.indexOf(rest!, i);
    if (end < 0) throw new Error(`the output ${name} has no end`);
    outputs[name] = lines.slice(i + 1, end).join('\n');
    i = end;
  }
  return outputs;
}
