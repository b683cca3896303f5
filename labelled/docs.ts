/**
 * The part of docs/clients.md that tells how right the verdict is.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './one.js';
import type { Options } from './options.js';
import type { CheckScore, SituationScore } from './score.js';
import { CHECK_HEAD, checkRows, FAMILY_HEAD, familyRows, toMarkdown } from './table.js';

const FILE = 'docs/clients.md';

/** Fills the section of this state of the machine. @returns the file, relative to the repository @throws where the file lacks the section's marks */
export function writeDocs(
  situations: readonly SituationScore[],
  checks: readonly CheckScore[],
  { loaded, runs }: Pick<Options, 'loaded' | 'runs'>,
): string {
  const name = loaded ? 'labelled-loaded' : 'labelled-idle';
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const text = readFileSync(join(root, FILE), 'utf8');
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${FILE} wants ${start} … ${end}`);
  const state = loaded ? 'Every core busy' : 'Nothing else running';
  const times = `${runs} run${runs === 1 ? '' : 's'} of ${situations.length} situations`;
  const wrong = situations.filter(({ kept }) => !kept);
  const parts = [
    `${state}, ${times}.`,
    toMarkdown(FAMILY_HEAD, familyRows(situations)),
    toMarkdown(CHECK_HEAD, checkRows(checks)),
    wrong.length === 0
      ? 'All as they should be.'
      : `Not as they should be: ${wrong.map(({ situation }) => `\`${situation.id}\``).join(', ')}.`,
  ];
  writeFileSync(join(root, FILE), `${text.slice(0, from)}${start}\n${parts.join('\n\n')}\n${text.slice(to)}`);
  return FILE;
}
