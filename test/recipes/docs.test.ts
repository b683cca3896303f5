/** docs/recipes.md shows the examples; that what it shows is what they hold is a part of test/tools/generated.test.ts, and its links are followed by test/docs/pages.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tools/build.js';
import { showFiles, shownFiles } from '../tools/shown.js';

const DOCUMENT = readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8');

/** The same client in several languages, of which the page shows one; docs/transports.md names the others. */
const IN_LANGUAGES = 'examples/proxy/';

test('every file of a recipe is shown, whole', () => {
  const shown = shownFiles(DOCUMENT).filter((file) => !file.startsWith(IN_LANGUAGES));
  const folders = new Set(shown.map((file) => file.split('/').slice(0, 2).join('/')));
  expect(folders.size).toBe(9);
  const files = [...folders].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)),
  );
  expect(shown.toSorted()).toEqual(files.toSorted());
});

test('every block that is meant to be a file is read as one', () => {
  expect(shownFiles(DOCUMENT)).toHaveLength(DOCUMENT.match(/^```.*file=/gm)!.length);
  const changed = showFiles(DOCUMENT, (file) => `other ${file}\n`);
  expect(changed.match(/^other examples\/.*$/gm)).toHaveLength(shownFiles(DOCUMENT).length);
});
