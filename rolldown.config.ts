/**
 * What is built: few files in place of two hundred, since node takes longer to find and open a module than to run it. Packages stay outside.
 *
 * All files lie right below `dist` (src/package-root.ts counts on it), and what is needed from the start on in one of them; what is imported later stays apart.
 * The dashboard lies in `dist/ui`: one script with all that it uses, and one style sheet.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig } from 'rolldown';

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

export default defineConfig([
  {
    input: { cli: 'src/cli.ts', index: 'src/index.ts' },
    platform: 'node',
    // Neither relative nor absolute, on Windows either.
    external: /^(?![a-z]:)[^./]/i,
    resolve: { extensionAlias: { '.js': ['.ts'] } },
    output: {
      dir: 'dist',
      cleanDir: true,
      chunkFileNames: '[name].js',
      comments: false,
      codeSplitting: { groups: [{ name: 'mock', test: /[\\/]src[\\/]mock\.ts$/ }] },
    },
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
