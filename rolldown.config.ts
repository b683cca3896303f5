/**
 * What is built: few files in place of two hundred, since node takes longer to find and open a module than to run it. Packages stay outside.
 *
 * All files lie right below `dist` (src/package-root.ts counts on it), and what is needed from the start on in one of them; what is imported later stays apart.
 */
import { defineConfig } from 'rolldown';

export default defineConfig({
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
});
