/**
 * The Dockerfile, read, and carried out as far as that goes without an engine: the same files are copied to the same places, and the same build is run.
 * @module
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Copy, DockerfileParser, Entrypoint, Healthcheck } from 'dockerfile-ast';
import { ROOT } from '../tools/build.js';
import { start } from '../tools/child.js';

/** A `COPY` instruction. */
export interface FileCopy {
  /** The stage that it comes from; the checkout, when `undefined`. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** An instruction of a stage. */
export interface Step {
  /** In upper case: `RUN`, `COPY` … */
  readonly keyword: string;
  /** Its arguments, as they are written. */
  readonly text: string;
  /** `undefined` for all but `COPY`. */
  readonly copy: FileCopy | undefined;
}

/** What stands between one `FROM` and the next. */
export interface Stage {
  /** The image after `FROM`. */
  readonly base: string;
  /** The name after `AS`. */
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}

/** The text of the repository’s Dockerfile. */
export const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const parsed = DockerfileParser.parse(DOCKERFILE);

/** The stages in the order of the file; the last one is the image. */
export const stages: readonly Stage[] = parsed.getFROMs().map((from, i, all) => {
  const start = from.getRange().start.line;
  const end = all[i + 1]?.getRange().start.line ?? Number.POSITIVE_INFINITY;
  const own = parsed.getInstructions().filter((one) => {
    const { line } = one.getRange().start;
    return line > start && line < end;
  });
  return {
    base: from.getImage()!,
    name: from.getBuildStage() ?? undefined,
    steps: own.map((one) => ({
      keyword: one.getKeyword(),
      text: one.getArgumentsContent() ?? '',
      copy: one instanceof Copy ? readCopy(one) : undefined,
    })),
  };
});

function readCopy(one: Copy): FileCopy {
  const paths = one.getArguments().map((argument) => argument.getValue());
  return { from: one.getFromFlag()?.getValue() ?? undefined, sources: paths.slice(0, -1), target: paths.at(-1)! };
}

/** The words of the health check's command. */
export const HEALTHCHECK = wordsOf(Healthcheck);

/** The words of the entry point's command. */
export const ENTRYPOINT = wordsOf(Entrypoint);

function wordsOf(kind: typeof Healthcheck | typeof Entrypoint): string[] {
  const found = parsed.getInstructions().find((one) => one instanceof kind)!;
  const text = found.getArgumentsContent()!;
  return JSON.parse(text.slice(text.indexOf('["'))) as string[];
}

/** The last stage's `ENV`. */
export function environment(): Record<string, string> {
  const set = stages.at(-1)!.steps.filter(({ keyword }) => keyword === 'ENV');
  return Object.fromEntries(
    set.flatMap(({ text }) => text.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
  );
}

/** What stands in for a step here: dependencies are the checkout's own, and stay as they are. */
const STEPS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  'npm ci --ignore-scripts': async (folder) => {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  },
  'npm run build': async (folder) => {
    const { code, stdout, stderr } = await start('npm', ['run', 'build'], { cwd: folder }).ended;
    if (code !== 0) throw new Error(`npm run build ended with ${code}:\n${stdout}${stderr}`);
  },
  'npm prune --omit=dev --ignore-scripts': async () => {},
};

/** Carries out every stage. @returns the folder that stands for the last stage's root */
export async function makeImage(folder: string): Promise<string> {
  const roots: string[] = [];
  for (const [i, { steps }] of stages.entries()) {
    const root = join(folder, `stage-${i}`);
    roots.push(root);
    let directory = '/';
    for (const { keyword, text, copy } of steps) {
      if (keyword === 'WORKDIR') {
        directory = posix.resolve(directory, text);
        mkdirSync(join(root, directory), { recursive: true });
      } else if (keyword === 'RUN') {
        for (const command of text.split(' && ')) {
          const step = STEPS[command];
          if (!step) throw new Error(`nothing here stands in for "RUN ${command}"`);
          await step(join(root, directory));
        }
      } else if (copy) {
        const from = copy.from === undefined ? ROOT : roots[stages.findIndex(({ name }) => name === copy.from)]!;
        for (const source of copy.sources) {
          const target = copy.target.endsWith('/') ? posix.join(copy.target, posix.basename(source)) : copy.target;
          cpSync(join(from, source), join(root, posix.resolve(directory, target)), { recursive: true });
        }
      }
    }
  }
  return roots.at(-1)!;
}
