/**
 * The compose file of the examples, read and linted.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { ROOT } from '../tools/build.js';

const FILE = join(ROOT, 'examples/docker-compose/compose.yaml');

/** A service of the file, as far as tests look at it. */
export interface Service {
  readonly build?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: unknown;
  readonly volumes?: readonly { readonly source: string; readonly target: string }[];
  readonly command?: readonly string[];
}

/** Reads the two services of `examples/docker-compose/compose.yaml`. */
export function readCompose(): { readonly mock429: Service; readonly client: Service } {
  return (parse(readFileSync(FILE, 'utf8')) as { services: { mock429: Service; client: Service } }).services;
}

/** What does not fit the specification's schema, or good use; the services stand in the order in which they start. */
export function lintCompose(): string[] {
  const linter = new DCLinter({ rules: { 'services-alphabetical-order': 0 }, quiet: false, debug: false, exclude: [] });
  // The package's types lead nowhere under Node's resolution.
  const found = linter.lintFiles([FILE], false) as { messages: { rule: string; message: string }[] }[];
  return found.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
}
