/** The pages: their files are served, their commands are run, and what they print is what those print; their links lead somewhere. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMock, type Mock } from '../../src/index.js';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { copyBuild } from '../tools/built.js';
import { endPrograms } from '../tools/child.js';
import { hasProgram } from '../tools/skip.js';
import { blocksOf, readPage, runPage, writeFiles } from './page.js';

/** Every page but those whose examples have tests of their own (docs/recipes.md: test/recipes). */
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((file) =>
  file.endsWith('.md'),
);
const RUN = PAGES.filter(
  (file) => file !== 'docs/recipes.md' && blocksOf(readPage(file)).some(({ language }) => language === 'console'),
);

afterEach(endPrograms);

describe.runIf(hasProgram('curl'))('the commands of', () => {
  const built = temporaryFolder('pages-build');
  let mock: Mock;
  let port: string;
  /** What `npm ci && npm start` serves, for README.md. */
  beforeAll(async () => {
    await copyBuild(built.path);
    mock = await createMock();
    port = new URL((await mock.listen()).url).port;
  });
  afterAll(async () => {
    built.remove();
    await mock.close();
  });

  it.each(RUN)('%s print what the page says', async (file) => {
    const folder = temporaryFolder('page');
    try {
      await runPage(
        blocksOf(readPage(file)),
        folder.path,
        join(built.path, 'dist/cli.js'),
        file === 'README.md' ? port : '',
      );
    } finally {
      folder.remove();
    }
  });

  it('are run on the pages that have some', () => {
    expect(RUN).toEqual(expect.arrayContaining(['README.md', 'docs/own-provider.md', 'docs/verdict.md']));
  });
});

it('docs/own-provider.md shows the message of a misspelt name as it is', async () => {
  const folder = temporaryFolder('misspelt');
  const blocks = blocksOf(readPage('docs/own-provider.md'));
  writeFiles(blocks, folder.path);
  const file = join(folder.path, 'profiles/weather.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('fixed-window', 'fixed-windw'));
  const message = await createMock({ profile: file }).catch((error: Error) => error.message);
  folder.remove();
  const shown = blocks.find(({ language, text }) => language === 'text' && text.includes('fixed-windw'))!.text;
  expect(String(message).replace(`${folder.path}/`, '').trim()).toBe(shown.trim());
});

describe('the links of', () => {
  it.each(PAGES)('%s lead to a file, and to a heading in it', (file) => {
    const document = readPage(file).replaceAll(/^```.*?^```$/gms, '');
    const links = [...document.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? join(ROOT, file) : join(ROOT, dirname(file), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

/** The anchors that GitHub makes of headings. */
function anchors(document: string): string[] {
  return [...document.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

it('names only functions and types in docs/architecture.md that the sources have', () => {
  const named = [
    ...readPage('docs/architecture.md').matchAll(/`(?:\w+\.)?([a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)(?:\(\))?`/g),
  ].map(([, name]) => name!);
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
});
