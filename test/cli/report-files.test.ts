/**
 * The files of `--report`: what is found out about them before anything runs, without a trace.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { checkReportFiles, codeLocation, writeReports } from '../../src/commands/files/report-files.js';
import { temporaryFolder } from '../tools/build.js';

const files = temporaryFolder('reports');
afterAll(files.remove);

let folder: string;
let serial = 0;
beforeEach(() => {
  serial += 1;
  folder = join(files.path, String(serial));
  mkdirSync(folder);
});

const all = () => readdirSync(folder, { recursive: true }).sort();

describe('files that can be written', () => {
  test('are left as they were, and no folder is made for them', () => {
    const old = join(folder, 'old.xml');
    writeFileSync(old, 'former');
    const { mtimeMs } = statSync(old);
    const given = [`junit=${old}`, `json=${join(folder, 'a/b/new.json')}`, `text=${join(folder, 'a/new.txt')}`];
    const checked = checkReportFiles(given);
    expect(checked.map(({ format, file }) => [format, file])).toEqual([
      ['junit', old],
      ['json', join(folder, 'a/b/new.json')],
      ['text', join(folder, 'a/new.txt')],
    ]);
    expect(all()).toEqual(['old.xml']);
    expect([readFileSync(old, 'utf8'), statSync(old).mtimeMs]).toEqual(['former', mtimeMs]);
  });

  test('are written in the end, folders and all, also where one cannot be any more', () => {
    const checked = checkReportFiles([`text=${join(folder, 'a/one.txt')}`, `json=${join(folder, 'b/two.json')}`]);
    writeFileSync(join(folder, 'a'), 'in the way');
    expect(writeReports(checked, (format) => `as ${format}`)).toEqual([
      expect.stringMatching(/^--report text=\S+one\.txt: cannot be written \(.+\)$/),
    ]);
    expect(readFileSync(join(folder, 'b/two.json'), 'utf8')).toBe('as json');
  });

  test('may be devices', () => {
    expect(checkReportFiles(['text=/dev/null'])).toHaveLength(1);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  test('with a name is refused at once, also by a link: its write would wait for a reader', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(folder, 'link'));
    for (const file of [pipe, join(folder, 'link')])
      expect(() => checkReportFiles([`json=${file}`])).toThrow(
        `--report json=${file}: cannot be written (it is a named pipe, and the write would wait until another program reads it); give another file`,
      );
  });

  test('that this process has open may be written, such as /dev/stdout or >(…) of a shell', () => {
    const check = `import { checkReportFiles } from ${JSON.stringify(resolve('src/commands/files/report-files.ts'))};
      console.log(checkReportFiles(['text=/dev/fd/1']).length);`;
    const script = join(folder, 'check.ts');
    writeFileSync(script, check);
    // In a shell, standard output is a pipe; that of a process that Node starts is a socket.
    expect(
      execFileSync('sh', ['-c', '"$0" --import tsx "$1" | cat', process.execPath, script], { encoding: 'utf8' }),
    ).toBe('1\n');
  });
});

test('a socket is refused before the command starts', async () => {
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  expect(() => checkReportFiles([`json=${path}`])).toThrow('cannot be written (it is a socket');
  server.close();
});

describe('files that cannot be written', () => {
  test.each<[what: string, path: () => string, message: RegExp]>([
    ['a folder', () => folder, /cannot be written \(it is a folder\); give another file$/],
    ['below a file', () => join(folder, 'file/x/y.xml'), /cannot be written \(E\w+: .*\); give another file$/],
    ['where no folder can be made', () => '/proc/none/x.xml', /cannot be written \(ENOENT/],
    ['with a name that is too long', () => join(folder, 'new', 'x'.repeat(300)), /cannot be written \(ENAMETOOLONG/],
  ])('%s', (_what, path, message) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => checkReportFiles([`text=${join(folder, 'n/good.txt')}`, `junit=${path()}`])).toThrow(message);
    expect(all()).toEqual(['file']);
  });

  test.skipIf(process.getuid?.() === 0)('one that is read only', () => {
    const file = join(folder, 'old.xml');
    writeFileSync(file, 'former');
    chmodSync(file, 0o400);
    expect(() => checkReportFiles([`junit=${file}`])).toThrow('EACCES');
  });

  test('one that is the folder of another', () => {
    const given = [`text=${join(folder, 'a')}`, `json=${join(folder, 'a/b.json')}`];
    expect(() => checkReportFiles(given)).toThrow(/--report json=\S+: cannot be written/);
    expect(() => checkReportFiles(given.toReversed())).toThrow(/--report text=\S+: cannot be written/);
    expect(all()).toEqual([]);
  });
});

describe('two that are the same file', () => {
  const refused = (first: string, second: string) =>
    expect(() => checkReportFiles([`text=${first}`, `json=${second}`])).toThrow(
      `--report json=${second}: --report text=${first} is written to the same file; give each a file of its own`,
    );

  test('by their paths', () => refused(join(folder, 'a.txt'), `${folder}/b/../a.txt`));

  test('by a link to a folder', () => {
    symlinkSync(folder, join(folder, 'link'));
    refused(join(folder, 'new/a.txt'), join(folder, 'link/new/a.txt'));
  });

  test('by a link to it', () => {
    writeFileSync(join(folder, 'a.txt'), '');
    symlinkSync('a.txt', join(folder, 'soft'));
    linkSync(join(folder, 'a.txt'), join(folder, 'hard'));
    refused(join(folder, 'a.txt'), join(folder, 'soft'));
    refused(join(folder, 'soft'), join(folder, 'hard'));
  });

  test('one of which is for something else', () => {
    const file = join(folder, 'a.json');
    expect(() => checkReportFiles([`json=${file}`], { '--state': file, '--other': undefined })).toThrow(
      `--report json=${file}: --state is written to the same file`,
    );
    expect(existsSync(file)).toBe(false);
  });
});

describe('the location of SARIF results', () => {
  test.each([
    ['src/client.ts', 'src/client.ts'],
    ['./src/../test/client test.ts', 'test/client test.ts'],
    [join(process.cwd(), 'src/client.ts'), 'src/client.ts'],
    ['..hidden/client.ts', '..hidden/client.ts'],
  ])('%j is %j', (given, path) => {
    expect(codeLocation(given)).toBe(path);
  });

  test.each([[''], [' '], ['.'], ['..'], ['../client.ts'], ['/etc/passwd'], [process.cwd()]])('%j is none', (given) => {
    expect(() => codeLocation(given)).toThrow(
      /^--sarif-location .*: is not a file below the repository's root; give it as/,
    );
  });
});
