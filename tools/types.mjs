/**
 * Finishes the types after the compiler has written them to `dist/types`. The library is CommonJS, and so are its types; `import` gets files that export the same
 * types again, so that both ways give the same types. Files that no public type leads to are removed.
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const TYPES = join(DIST, 'types');

/** Types of an entry by the name of its file in `dist`. */
const ENTRIES = {
  index: 'index',
  jest: 'testing/jest',
  'node-test': 'testing/node-test',
  playwright: 'testing/playwright',
};

/** vitest cannot be required: its types are an ES module from the start. */
const VITEST = join(TYPES, 'testing/vitest.d.ts');

const REFERENCE = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

/** All files that a file refers to, directly or not, itself included. */
function reachable(files) {
  const reached = new Set(files);
  for (const file of reached) {
    for (const [, target] of readFileSync(file, 'utf8').matchAll(REFERENCE)) {
      const path = join(dirname(file), target.replace(/\.[jt]s$/, '.d.ts'));
      if (!existsSync(path)) throw new Error(`${file} refers to ${target}, which the compiler has not written`);
      reached.add(path);
    }
  }
  return reached;
}

const needed = reachable([...Object.values(ENTRIES).map((path) => join(TYPES, `${path}.d.ts`)), VITEST]);
for (const entry of readdirSync(TYPES, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !needed.has(path)) rmSync(path);
}
writeFileSync(join(TYPES, 'package.json'), '{ "type": "commonjs" }\n');
for (const [name, path] of Object.entries(ENTRIES)) {
  writeFileSync(join(DIST, `${name}.d.ts`), `export * from './types/${path}.js';\n`);
}
const vitest = readFileSync(VITEST, 'utf8').replace(REFERENCE, (text, target) =>
  text.replace(target, `./${join('types/testing', target)}`),
);
rmSync(VITEST);
writeFileSync(join(DIST, 'vitest.d.ts'), vitest);
