/** The TypeScript examples of README.md and docs/api.md: each line with `// =>` gives what it says. Their types are checked with those of the package (test/package). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { operations } from '../../src/http/control/operations/index.js';
import { exportsOfPackage, methodsOfSandbox } from '../tools/api-reference.js';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { readPage, typescriptExamples } from './page.js';

const folder = temporaryFolder('examples');
afterAll(folder.remove);

const EXAMPLES = Object.entries(typescriptExamples()).map(([name, text]) => ({ name, text }));

/** `expression; // => value` asserts that. */
function asserting(text: string): string {
  const lines = text.split('\n').map((line) => {
    const [, expression, value] = /^(\S.*); \/\/ => (.*)$/.exec(line) ?? [];
    if (expression === undefined) return line;
    return `assert.deepStrictEqual(${expression}, ${value}, ${JSON.stringify(line)});`;
  });
  return `import assert from 'node:assert/strict';\n${lines.join('\n')}`.replaceAll(
    "from 'mock429'",
    `from '${join(ROOT, 'src/index.js')}'`,
  );
}

it('are there, and assert something', () => {
  expect(EXAMPLES.length).toBeGreaterThan(8);
  expect(EXAMPLES.filter(({ text }) => !text.includes('// =>')).map(({ name }) => name)).toEqual([]);
});

it.each(EXAMPLES)('$name gives what it says', async ({ name, text }) => {
  const file = join(folder.path, name);
  writeFileSync(file, asserting(text));
  await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined();
});

it('docs/api.md has a section for every export', () => {
  const headings = [...readPage('docs/api.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(headings).toEqual(exportsOfPackage().map(({ name }) => name));
});

it('docs/api.md lists every operation on a sandbox', () => {
  const names = (tree: object, group: string): string[] =>
    Object.entries(tree).flatMap(([name, node]: [string, object]) =>
      'run' in node ? [`${group}${name}`] : names(node, `${name}.`),
    );
  expect(methodsOfSandbox().map(({ name }) => name)).toEqual(names(operations, ''));
});
