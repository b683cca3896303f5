/**
 * Runs one situation through the built command line.
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf } from './machine.js';
import type { Situation } from './situation.js';

/** What the command line said of it. */
export interface Outcome {
  /** `broken`: the program broke, or there is no report. */
  readonly verdict: string;
  readonly found: readonly { readonly check: string; readonly says: string }[];
  /** Checks that are said to have passed. */
  readonly passed: readonly string[];
  readonly why?: string;
  /** How many requests were judged, and what became of them. */
  readonly figures?: Figures;
  /** How long the run took, in real time. */
  readonly ms: number;
}

/** Numbers of requests, summed over the profiles of the report. `lost` are those that the journal no longer held. */
export type Figures = Readonly<Record<'requests' | 'refused' | 'rejected' | 'failed' | 'lost', number>>;

/** Path of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Folder of the client programs of the set. */
export const programs = join(root, 'labelled/programs');
/** Profiles of the set itself; the others come with the package. */
export const profiles = join(root, 'labelled/profiles');

const BUILT_IN: ReadonlySet<string> = new Set(['aiclicks', 'klinky', 'full-domination', 'prediction', 'acrely']);
const MAX_DURATION_MS = 90_000;
/** What a program of the set ends with when it breaks. */
const BROKEN = 70;

/** The command that sets up the scene and then starts the client, word by word. */
export function commandOf({ command, scene }: Situation): string[] {
  const [program, ...rest] = command;
  const args = rest.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const name = String(program);
  const client = name.includes('.') ? [...programOf(name), join(programs, name)] : programOf(name);
  return [process.execPath, join(programs, 'before.mjs'), JSON.stringify(sceneFor(name, scene)), ...client, ...args];
}

/** Programs of ours use up quotas by themselves, once they have loaded what they need. */
function sceneFor(name: string, scene: Situation['scene']) {
  return { ...scene, late: name.endsWith('.mjs') };
}

/**
 * Runs `mock429 run` with the client of a situation, and reads its report. A run that takes longer than 90 s is killed.
 * @param cli path of the built `cli.js`
 * @returns an outcome that is `broken` where there is no report, or the program broke
 * @throws where the process cannot be started
 */
export async function runOne(situation: Situation, cli: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'labelled-'));
  const report = join(folder, 'report.json');
  const { profile, flags, target } = situation;
  const served = BUILT_IN.has(profile) ? profile : join(profiles, `${profile}.yaml`);
  const args = [cli, 'run', '--profile', served, ...flags, '--report', `json=${report}`, '--', ...commandOf(situation)];
  const begun = performance.now();
  try {
    const end = await ended(args, { CLIENT_PATH: target.path, CLIENT_HEADER: target.header });
    const ms = performance.now() - begun;
    return { ...readReport(report, end), ms };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface End {
  readonly code: number | null;
  readonly stderr: string;
}

function ended(args: readonly string[], env: Readonly<Record<string, string>>): Promise<End> {
  return new Promise((resolve, reject) => {
    const own = Object.entries(process.env).filter(([name]) => !/^(?:MOCK429_|CLIENT_|NODE_OPTIONS$|npm_)/.test(name));
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...Object.fromEntries(own), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own, so that all of it can be ended.
      detached: true,
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      stderr += `\nwas ended after ${MAX_DURATION_MS / 1_000} s`;
      process.kill(-child.pid!, 'SIGKILL');
    }, MAX_DURATION_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stderr });
    });
  });
}

interface Written {
  readonly verdict: string;
  readonly requests: { readonly judged: number; readonly lost: number };
  readonly profiles: readonly {
    readonly checks: readonly { readonly check: string; readonly verdict: string }[];
    readonly findings: readonly { readonly check: string; readonly severity: string; readonly says: string }[];
    readonly figures: Omit<Figures, 'lost'>;
  }[];
}

function readReport(file: string, { code, stderr }: End): Omit<Outcome, 'ms'> {
  const broken = (why: string) => ({ verdict: 'broken', found: [], passed: [], why });
  const last = stderr.trim().split('\n').slice(-6).join(' / ');
  let written: Written;
  try {
    written = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return broken(`no report; ended with ${code}: ${last}`);
  }
  if (code === BROKEN || (code !== 0 && written.verdict !== 'fail' && written.verdict !== 'undecided'))
    return broken(`the program ended with ${code}: ${last}`);
  if (written.requests.judged === 0) return broken(`no requests were judged: ${last}`);
  // What is not decided is told by a severity of its own, or not among the findings at all.
  const findings = written.profiles
    .flatMap((one) => one.findings)
    .filter(({ severity }) => severity === 'error' || severity === 'warn');
  return {
    verdict: written.verdict,
    figures: sum(written),
    found: findings.map(({ check, says }) => ({ check, says })),
    passed: written.profiles.flatMap(({ checks }) =>
      checks.filter(({ verdict }) => verdict === 'pass').map(({ check }) => check),
    ),
  };
}

function sum({ requests, profiles: all }: Written): Figures {
  const of = (name: keyof Omit<Figures, 'lost'>) => all.reduce((total, { figures }) => total + figures[name], 0);
  const [refused, rejected, failed] = [of('refused'), of('rejected'), of('failed')];
  return { requests: of('requests'), refused, rejected, failed, lost: requests.lost };
}

/** Whether the client met what the scene has for it: a machine that is too slow may let a short window pass before the first request. */
export function wasTested({ scene }: Situation, { figures }: Outcome): boolean {
  if (!figures || figures.lost > 0) return true;
  const refuses = (scene.quotas ?? []).length > 0;
  const fails = (scene.faults ?? []).some((fault) => Number(fault['status']) >= 500 || fault['drop'] === true);
  return (!refuses || figures.refused > 0) && (!fails || figures.failed > 0);
}
