/**
 * The table of docs/fidelity.md: what each provider's documents claim, how sure that is, which variants read it otherwise, and which scenario shows it.
 * Made from the profiles' `claims` and the transcripts' `# claims:` lines.
 * @module
 */
import { builtInProfiles, catalogueProfiles } from '../../src/profile/locate.js';
import type { Profile } from '../../src/profile/schema/schema.js';
import { scenariosOf } from '../catalogue/library.js';
import { loadedProvider } from '../helpers/providers.js';
import { scenariosByClaim } from '../transcripts/library.js';

/** The table of all built-in profiles, as Markdown. */
export function fidelityTable(): string {
  return builtInProfiles()
    .map((id) => section(loadedProvider(id).profile, scenariosByClaim(id), 'test/transcripts'))
    .join('\n\n');
}

/** The same of the catalogue's profiles. */
export function catalogueFidelity(): string {
  return catalogueProfiles()
    .map((id) => section(loadedProvider(id).profile, catalogueScenarios(id), 'test/catalogue/scenarios'))
    .join('\n\n');
}

/** Claim → the scenarios that prove it. */
function catalogueScenarios(id: string): ReadonlyMap<string, string[]> {
  const proven = new Map<string, string[]>();
  for (const { name, scenario } of scenariosOf(id))
    for (const claim of new Set(scenario.claims)) proven.set(claim, [...(proven.get(claim) ?? []), name]);
  return proven;
}

/** @param shown claim → scenarios @param folder that of the scenarios, from the root */
function section(profile: Profile, shown: ReadonlyMap<string, readonly string[]>, folder: string): string {
  const rows = Object.entries(profile.claims).map(([id, claim]) => {
    const { source } = claim;
    const page = source === undefined ? undefined : profile.sources[source];
    const where = page ? ` (${page.url === undefined ? page.title : `[${page.title}](${page.url})`})` : '';
    const note = claim.note === undefined ? '' : `; ${claim.note}`;
    const variants = claim.variants.map((name) => `\`${name}\``).join(', ');
    const scenarios = (shown.get(id) ?? [])
      .map((name) => `[${name}](../${folder}/${profile.id}/${name}.txt)`)
      .join(', ');
    return `| ${cell(claim.says)} | ${claim.level}${where}${cell(note)} | ${variants || '–'} | ${scenarios} |`;
  });
  return [
    `<details><summary><b>${profile.title}</b> (<code>${profile.id}</code>), ${rows.length} claims</summary>`,
    '',
    '| claim | evidence | variant | shown by |',
    '|---|---|---|---|',
    ...rows,
    '',
    '</details>',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The text with the part between the two markers replaced. */
export function between(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`there are no ${open} … ${close} markers`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}
