/**
 * The pages of the documentation as tests see them: their blocks, and the commands that they print, run as printed.
 *
 * A fenced block with `file=PATH` is written to a file. One with `merge=PATH` is merged into that file, key by key, when the page gets there. In a `console` block each line that begins with `$ ` is a command, and what follows is its output: stdout or, where that is empty, stderr. A command that ends with
 * ` &` starts a server, which runs until the next one starts or the page ends. A `log` block shows lines of that server's log.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { mergePatch } from '../../src/profile/merge-patch.js';
import { ROOT } from '../tools/build.js';
import { type Program, start } from '../tools/child.js';

/** A fenced block of a page. */
export interface Block {
  /** The word after the fence: `console`, `ts`, `yaml` … */
  readonly language: string;
  /** The file that the block is, relative to the folder in which the page's commands run. */
  readonly file: string | undefined;
  /** The file into which the block is merged, as a merge patch in YAML. */
  readonly merge: string | undefined;
  readonly text: string;
}

/** A command line and everything that it prints. */
export interface Command {
  readonly command: string;
  readonly output: string;
}

/** The port that pages name; the tests replace it by a free one. */
const PORT = '4290';

/** The text of a page. @param file relative to the repository's root */
export function readPage(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** All fenced blocks with a language, in order. */
export function blocksOf(document: string): Block[] {
  return [...document.matchAll(/^```(\w+)(?: file=(\S+))?(?: merge=(\S+))?\n(.*?)^```$/gms)].map(
    ([, language, file, merge, text]) => ({
      language: language!,
      file,
      merge,
      text: text!,
    }),
  );
}

/** The TypeScript examples of README.md and docs/api.md, by the name of a file for each. What docs/api.md generates are declarations, and no examples. */
export function typescriptExamples(): Record<string, string> {
  const examples = ['README.md', 'docs/api.md'].flatMap((page) => {
    const [handwritten = ''] = readPage(page).split('<!-- types:start -->');
    const blocks = blocksOf(handwritten).filter(({ language }) => language === 'ts');
    return blocks.map(({ text }, i) => [`${page.replaceAll(/\W/g, '-')}-${i + 1}.ts`, text]);
  });
  return Object.fromEntries(examples) as Record<string, string>;
}

/** The commands of a `console` block. */
export function commandsOf(text: string): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    });
}

/** Writes the blocks that are files into the folder. */
export function writeFiles(blocks: readonly Block[], folder: string): void {
  for (const { file, text } of blocks) {
    if (file === undefined) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** Runs the page's blocks in order and expects what they print. @param cli the built program, which `npx mock429` runs @param port of a server that runs already, if the page's first commands speak to one */
export async function runPage(blocks: readonly Block[], folder: string, cli: string, port = ''): Promise<void> {
  let server: Program | undefined;
  writeFiles(blocks, folder);
  for (const { language, text, merge } of blocks) {
    if (merge !== undefined) mergeInto(join(folder, merge), text);
    if (language === 'log')
      for (const line of text.trim().split('\n')) await server!.printed(literally(line), 'stderr');
    if (language !== 'console') continue;
    for (const { command, output } of commandsOf(text)) {
      if (!command.endsWith(' &')) {
        // Without a newline of its own at the end, a prompt would follow on the same line; the pages break it.
        expect(comparable(await shell(command, folder, cli, port)), command).toBe(comparable(output));
        continue;
      }
      await stop(server);
      server = serve(command, folder, cli);
      port = (await server.printed(/:(\d+)(?:\/[\w-]+)?\n/))[1]!;
      await server.printed(literally(output.trim().split('\n').at(-1)!.replaceAll(PORT, port)));
      expect(server.stdout.replaceAll(port, PORT), command).toBe(output);
    }
  }
  await stop(server);
}

/** Merges YAML into a YAML file. */
function mergeInto(file: string, text: string): void {
  writeFileSync(file, stringify(mergePatch(parse(readFileSync(file, 'utf8')), parse(text))));
}

async function stop(server: Program | undefined): Promise<void> {
  server?.signal('SIGKILL');
  await server?.ended;
}

/** `npx mock429 … --port 4290 &`, on a free port. */
function serve(command: string, cwd: string, cli: string): Program {
  const line = command.replace(/ &$/, '').replace(`--port ${PORT}`, '--port 0');
  return start('bash', ['-c', `${line.replace('npx mock429', `exec "${process.execPath}" "${cli}"`)}`], {
    cwd,
  });
}

/** What the command prints, on this port in place of the one that the page names. */
function shell(command: string, cwd: string, cli: string, port: string): Promise<string> {
  const line = `npx() { shift; "${process.execPath}" "${cli}" "$@"; }; ${command.replaceAll(PORT, port)}`;
  return new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd }, (_, stdout, stderr) => {
      const printed = stdout === '' ? stderr : stdout;
      resolve(printed.replaceAll(port === '' ? PORT : port, PORT).replaceAll('\r', ''));
    });
  });
}

/** Without what differs from run to run: connections, processes and how an answer was received. */
function comparable(text: string): string {
  return text
    .replaceAll(/ on connection \d+(?: from process \d+)?/g, ' on connection 1 from process 4211')
    .replaceAll(/(its client knew +the answer to request \d+), .*/g, '$1, received on the same connection')
    .trimEnd();
}

function literally(text: string): RegExp {
  return new RegExp(text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
}
