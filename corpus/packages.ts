/**
 * Packages that are fetched from the npm registry into a folder outside the repository, and kept there for the next run.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './tools/process.js';

/** A package of documents, with its pinned version. */
export interface PackageName {
  readonly name: string;
  /** Exact, so that runs can be compared. */
  readonly version: string;
}

/** A package that could not be fetched; the message says which and why. */
export class Unreachable extends Error {}

const CACHE = join(tmpdir(), 'mock429-corpus');
const PATIENCE_MS = 300_000;

/** @returns its folder @throws Unreachable */
export async function fetchPackage({ name, version }: PackageName): Promise<string> {
  const project = join(CACHE, `${name.replaceAll('/', '-')}-${version}`);
  const folder = join(project, 'node_modules', name);
  if (installed(folder) === version) return folder;
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{"private":true}\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error'];
  try {
    await run(['npm', 'install', '--prefix', project, ...flags, `${name}@${version}`], project, PATIENCE_MS);
  } catch (error) {
    throw new Unreachable(`${name}@${version} could not be fetched from the npm registry: ${reason(error as Error)}`);
  }
  return folder;
}

/** What npm says first, such as `code ECONNREFUSED`; the end of its output is advice. */
function reason({ message, cause }: Error): string {
  const told = [...String(cause).matchAll(/^npm error ((?:code|network|request|404) .*)$/gm)].map(([, text]) => text!);
  return told.length > 0 ? told.slice(0, 2).join('; ') : message;
}

function installed(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined;
}
