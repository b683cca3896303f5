/** README.md: its files are served, its commands are run, and what it prints is what they print. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMock, type Mock } from '../src/index.js';
import { ROOT, temporaryFolder } from './tools/build.js';
import { endPrograms, start } from './tools/child.js';
import { hasProgram } from './tools/skip.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const run = promisify(execFile);

interface Block {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

const blocks: Block[] = [...README.matchAll(/^```(\w+)(?: file=(\S+))?\n(.*?)^```$/gms)].map(
  ([, language, file, text]) => ({
    language: language!,
    file,
    text: text!,
  }),
);

/** `$ command` and what it prints. */
function commands(text: string): { command: string; output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    });
}

const consoles = blocks.filter(({ language }) => language === 'console');
const verdicts = consoles.filter(({ text }) => text.includes('npx mock429 run'));
const ownProvider = consoles.filter((block) => block.text.includes('npx mock429') && !verdicts.includes(block));
const firstMinute = consoles.filter(({ text }) => !text.includes('npx mock429'));
const folder = temporaryFolder('readme');

/** The command's output, on this port in place of the one that README.md names. */
async function shell(command: string, port: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', command.replaceAll('4290', port)], { cwd: folder.path });
  return stdout.replaceAll(port, '4290').replaceAll('\r', '');
}

/** Which connection a client takes, and the number of its process, differ from run to run. */
function samePlaces(text: string): string {
  return text
    .replaceAll(/ on connection \d+(?: from process \d+)?/g, ' on connection 1 from process 4211')
    .replaceAll(/(its client knew +the answer to request \d+), .*/g, '$1, received on the same connection');
}

afterAll(() => folder.remove());
afterEach(endPrograms);

describe.runIf(hasProgram('curl'))('README.md', () => {
  describe('the first minute', () => {
    let mock: Mock;
    let port: string;
    beforeAll(async () => {
      mock = await createMock();
      port = new URL((await mock.listen()).url).port;
    });
    afterAll(() => mock.close());

    it('starts with what is printed', () => {
      const lines = mock.profiles.map((id) => `mock429 ${id} http://127.0.0.1:4290/${id}\n`).join('');
      expect(blocks.find(({ language, text }) => language === 'text' && text.startsWith('mock429 '))!.text).toBe(lines);
    });

    it('runs as it is printed', async () => {
      const printed = firstMinute.flatMap(({ text }) => commands(text));
      expect(printed.length).toBeGreaterThan(4);
      for (const { command, output } of printed) {
        // Without a line's end of its own, a prompt would follow on the same line; README.md breaks it.
        expect((await shell(command, port)).trimEnd(), command).toBe(output.trimEnd());
      }
    });
  });

  it("serves the reader's own provider from the two files that it prints", async () => {
    for (const { file, text } of blocks.filter((block) => block.file !== undefined)) {
      mkdirSync(dirname(join(folder.path, file!)), { recursive: true });
      writeFileSync(join(folder.path, file!), text);
    }
    let port = '';
    for (const { command, output } of ownProvider.flatMap(({ text }) => commands(text))) {
      if (!command.endsWith(' &')) {
        expect((await shell(command, port)).trimEnd(), command).toBe(output.trimEnd());
        continue;
      }
      const args = command.replace(/ &$/, '').replace('--port 4290', '--port 0').split(' ').slice(2);
      const tsx = fileURLToPath(import.meta.resolve('tsx'));
      const server = start(process.execPath, ['--import', tsx, join(ROOT, 'src/cli.ts'), ...args], {
        cwd: folder.path,
      });
      port = (await server.printed(/:(\d+)\n/))[1]!;
      expect(server.stdout.replaceAll(port, '4290')).toBe(output);
    }
  });

  it('prints the verdict on the client that it shows', async () => {
    for (const { file, text } of blocks.filter((block) => block.file === 'client.mjs'))
      writeFileSync(join(folder.path, file!), text);
    const printed = verdicts.flatMap(({ text }) => commands(text));
    expect(printed).not.toEqual([]);
    for (const { command, output } of printed) {
      const args = command.split(' ').slice(2);
      const tsx = fileURLToPath(import.meta.resolve('tsx'));
      const program = start(process.execPath, ['--import', tsx, join(ROOT, 'src/cli.ts'), ...args], {
        cwd: folder.path,
      });
      const { code, stdout } = await program.ended;
      expect(samePlaces(stdout)).toBe(samePlaces(output));
      expect(code).toBe(1);
    }
  });

  it('shows the message of a misspelt key as it is', async () => {
    const shown = blocks.find(({ text }) => text.includes('fixed-windw'))!.text;
    const profile = blocks
      .find(({ file }) => file === 'profiles/weather.yaml')!
      .text.replace('fixed-window', 'fixed-windw');
    writeFileSync(join(folder.path, 'profiles/weather.yaml'), profile);
    const message = await createMock({ profile: join(folder.path, 'profiles/weather.yaml') }).catch(
      (error: Error) => error.message,
    );
    expect(String(message).replace(`${folder.path}/`, '').trim()).toBe(shown.trim());
  });
});
