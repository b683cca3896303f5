/**
 * The tables of docs/clients.md: what the verdict finds of real clients, and of what the providers' pages show. Made from what the tests expect.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviceOf } from '../../src/profile/compiled/advice.js';
import { type CheckName, checkNamed, checkNames } from '../../src/verdict/checks/index.js';
import { PROVIDERS } from '../clients/day.js';
import { CLIENTS, type Client } from '../clients/libraries.js';
import { PROCEDURES } from '../clients/procedures.js';
import { loadedProvider } from '../helpers/providers.js';
import { ROOT } from './build.js';

/** The table of clients in Markdown, with a column for each provider. */
export function clientsTable(): string {
  const rows = CLIENTS.map((client) => {
    const verdicts = PROVIDERS.map((id) => verdict(id, client.fails[id]!));
    return `| **${client.name}** ${versionOf(client)} | ${client.says} | ${verdicts.join(' | ')} |`;
  });
  const columns = PROVIDERS.map((id) => `\`${id}\``);
  return [
    `| client | what it does | ${columns.join(' | ')} |`,
    `|---|---|${'---|'.repeat(columns.length)}`,
    ...rows,
  ].join('\n');
}

/** The procedures in Markdown, with a table for each provider. */
export function proceduresTable(): string {
  return Object.entries(PROCEDURES)
    .map(([id, { procedures }]) => {
      const rows = procedures.map(
        ({ says, page, fails }) => `| ${says} | ${page ? 'yes' : ''} | ${verdict(id, fails)} |`,
      );
      return [
        `**${loadedProvider(id).profile.title}**`,
        '',
        '| a program that … | on the page | verdict |',
        '|---|---|---|',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

/** What the names of the checks mean. */
export function checksTable(): string {
  const rows = checkNames.map((name) => `| \`${name}\` | ${checkNamed(name).title} |`);
  return ['| check | what the client did |', '|---|---|', ...rows].join('\n');
}

/** The worst of the checks decides. */
function verdict(profile: string, fails: readonly CheckName[]): string {
  if (fails.length === 0) return 'pass';
  const severities = new Map(
    adviceOf(loadedProvider(profile).profile).map(({ check, severity }) => [check, severity] as const),
  );
  const word = fails.some((name) => severities.get(name) === 'error') ? '**fail**' : 'warn';
  return `${word}: ${fails.map((name) => `\`${name}\``).join(', ')}`;
}

function versionOf({ package: name }: Client): string {
  if (typeof name !== 'string') return name.version;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
