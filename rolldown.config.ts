/**
 * What is built: few files in place of two hundred, since node takes longer to find and open a module than to run it. Packages stay outside.
 *
 * The sources are built twice: the command line as ES modules, and the library as CommonJS, which every test runner can load. `import` gets a module of a few lines
 * that loads the CommonJS file, so that a process has one copy of the state and of the classes, whether it imports or requires the package.
 *
 * All files lie right below `dist` (src/package-root.ts counts on it), and what is needed from the start on in one of them; what is imported later stays apart.
 * The dashboard lies in `dist/ui`: one script with all that it uses, and one style sheet.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig, type OutputOptions, type RolldownOptions, type RolldownPlugin } from 'rolldown';
import { replacePlugin } from 'rolldown/plugins';

// Neither relative nor absolute, on Windows either.
const PACKAGES = /^(?![a-z]:)[^./]/i;

/** Packages without a CommonJS build, which jest cannot require. They become a part of the library. */
const ESM_ONLY = /^@(?:remix-run|scalar)\//;

/** The library: `mock429`, the helpers of each runner, and what the helpers share. */
const LIBRARY = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  jest: 'src/testing/jest.ts',
  playwright: 'src/testing/playwright.ts',
  'node-test': 'src/testing/node-test.ts',
};

/** CommonJS has a `require` of its own. Where `createRequire` stays, no bundler sees what is required. */
const ownRequire = replacePlugin(
  { 'const require = createRequire(import.meta.url);': '', 'createRequire(import.meta.url)': 'require' },
  { delimiters: ['', ''], sourcemap: true },
);

/**
 * Source maps of the library, whose code is minified: stack traces tell the place in the sources (`node --enable-source-maps`). The text of the sources is not in
 * them: it would double the size of the package.
 */
const SOURCE_MAPS = { sourcemap: true, sourcemapExcludeSources: true } satisfies OutputOptions;

/** For each CommonJS entry, the ES module that `import` gets: the same exports of the same file. */
const forImport: RolldownPlugin = {
  name: 'for-import',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || !file.isEntry || file.name === 'testing') continue;
      const source = `import library from './${file.fileName}';\nexport const { ${file.exports.join(', ')} } = library;\n`;
      this.emitFile({ type: 'asset', fileName: `${file.name}.js`, source });
    }
  },
};

/** vitest cannot be required, so that its helpers are an ES module. What they share with other helpers is in the library. */
const sharedFromLibrary: RolldownPlugin = {
  name: 'shared-from-library',
  resolveId: (specifier, importer) =>
    importer !== undefined && specifier.startsWith('.') ? { id: './testing.cjs', external: true } : undefined,
};

const STYLES = 'src/ui/styles';

/** The style sheets in the order of their names, without comments and line breaks. */
function styleSheet(): string {
  const uplot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css');
  const own = readdirSync(STYLES)
    .sort()
    .map((name) => readFileSync(`${STYLES}/${name}`, 'utf8'));
  return [readFileSync(uplot, 'utf8'), ...own]
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

const shared = {
  platform: 'node',
  external: PACKAGES,
  resolve: { extensionAlias: { '.js': ['.ts'] } },
} satisfies RolldownOptions;

export default defineConfig([
  {
    ...shared,
    input: { cli: 'src/cli.ts' },
    output: {
      dir: 'dist',
      cleanDir: true,
      chunkFileNames: '[name].js',
      // Without white space only: names stay, for stack traces.
      minify: { compress: false, mangle: false, codegen: true },
      comments: false,
      codeSplitting: { groups: [{ name: 'mock', test: /[\\/]src[\\/]mock\.ts$/ }] },
    },
  },
  {
    ...shared,
    input: LIBRARY,
    external: (id: string) => PACKAGES.test(id) && !ESM_ONLY.test(id),
    plugins: [ownRequire, forImport],
    output: {
      ...SOURCE_MAPS,
      dir: 'dist',
      format: 'cjs',
      // `import library from` gives all exports, with each bundler too.
      esModule: false,
      dynamicImportInCjs: false,
      // The package holds the sources twice, so that this copy is made small. Names of functions and classes stay, for stack traces and messages of test runners.
      minify: { compress: true, mangle: { keepNames: true }, codegen: true },
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      comments: false,
      codeSplitting: { groups: [{ name: 'mock', test: /[\\/]src[\\/]mock\.ts$/ }] },
    },
  },
  {
    ...shared,
    input: { vitest: 'src/testing/vitest.ts' },
    plugins: [sharedFromLibrary],
    output: { ...SOURCE_MAPS, dir: 'dist', comments: false },
  },
  {
    input: { app: 'src/ui/main.tsx' },
    platform: 'browser',
    tsconfig: 'tsconfig.ui.json',
    resolve: { extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
    plugins: [
      {
        name: 'style-sheet',
        generateBundle() {
          this.emitFile({ type: 'asset', fileName: 'app.css', source: styleSheet() });
        },
      },
    ],
    output: { dir: 'dist/ui', comments: false, minify: true, codeSplitting: false },
  },
]);
