/**
 * YAML parsed ahead of time. Reading YAML with positions takes most of a start, so the build keeps what it read of the files that come with the package;
 * a file that has changed since is parsed as usual.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSource, type Source } from './source.js';

const DIRECTORY = fileURLToPath(new URL('../../dist/precompiled/', import.meta.url));

/** The file's content; its positions are looked up only if somebody asks for one. @throws ProfileError when it is not YAML */
export function readSource(file: string, shown: string): Source {
  const text = readFileSync(file, 'utf8');
  const value = precompiled(file, text);
  if (value === undefined) return parseSource(shown, text);
  let parsed: Source | undefined;
  const full = () => {
    parsed ??= parseSource(shown, text);
    return parsed;
  };
  return { file: shown, value, position: (path) => full().position(path), depth: (path) => full().depth(path) };
}

function precompiled(file: string, text: string): unknown {
  const kept = cacheFile(file);
  if (!existsSync(kept)) return undefined;
  const { hash, value } = JSON.parse(readFileSync(kept, 'utf8')) as { hash: string; value: unknown };
  return hash === hashOf(text) ? value : undefined;
}

function cacheFile(file: string): string {
  return join(DIRECTORY, `${basename(dirname(file))}-${basename(file)}.json`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Part of the build: keeps what the given folders' YAML files hold. */
export function precompile(folders: readonly string[]): void {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      writeFileSync(cacheFile(file), JSON.stringify({ hash: hashOf(text), value: parseSource(name, text).value }));
    }
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  precompile([join(root, 'profiles'), join(root, 'openapi')]);
}
