/**
 * The steps of a release that touch files; CONTRIBUTING.md says when each is run.
 *
 * - `owner NAME` writes who hosts the project: the repository of package.json, and the action's name in the recipes.
 * - `prepare VERSION [DATE]` writes the version wherever it stands, and gives the changelog's entry its heading.
 * - `check TAG OWNER/REPOSITORY` ends with 1 where the tag, the version, the changelog and the repository do not agree.
 * - `notes TAG` prints the changelog's entry.
 * - `readme absolute|relative` makes README.md's links absolute for the package's page on npm, and relative again. npm runs it as it packs.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The owner before somebody has taken the project over. */
const NOBODY = 'OWNER';
/** Files that name the action with its owner and version. */
const NAMES_ACTION = ['examples/github-actions/with-action.yml', 'docs/recipes.md'];

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const write = (path, text) => writeFileSync(join(ROOT, path), text);
const manifest = () => JSON.parse(read('package.json'));

/** `OWNER/mock429`. */
function repository() {
  return /github\.com\/([^/]+\/[^/]+?)\.git$/.exec(manifest().repository.url)[1];
}

/** Replaces text in a file. @throws where the file does not have it */
function replace(path, pattern, text) {
  const before = read(path);
  if (before.search(pattern) < 0) throw new Error(`${path} has no ${pattern}`);
  write(path, before.replaceAll(pattern, text));
}

/** The changelog's entry of a version, without its heading; `undefined` where there is none. */
function entryOf(version) {
  const [, ...entries] = read('CHANGELOG.md').split(/^## /m);
  const entry = entries.find((text) => text.split(/[\s\n]/, 1)[0] === version);
  return entry?.slice(entry.indexOf('\n')).trim();
}

const COMMANDS = {
  owner(name) {
    const [before] = repository().split('/');
    replace('package.json', new RegExp(`github\\.com/${before}/`, 'g'), `github.com/${name}/`);
    for (const path of NAMES_ACTION) replace(path, new RegExp(`\\b${before}/mock429@`, 'g'), `${name}/mock429@`);
  },
  prepare(version, date = new Date().toISOString().slice(0, 10)) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`"${version}" is no version; write 1.2.3`);
    if (!entryOf('Unreleased'))
      throw new Error('CHANGELOG.md: "## Unreleased" is missing or empty; nothing to release');
    const { version: before } = manifest();
    replace('CHANGELOG.md', /^## Unreleased$/gm, `## Unreleased\n\n## ${version} (${date})`);
    replace('package.json', `"version": "${before}"`, `"version": "${version}"`);
    const lock = JSON.parse(read('package-lock.json'));
    lock.version = version;
    lock.packages[''].version = version;
    write('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
    for (const path of NAMES_ACTION) replace(path, `/mock429@v${before}`, `/mock429@v${version}`);
    replace('README.md', `mock429-${before}.tgz`, `mock429-${version}.tgz`);
  },
  check(tag, hosted) {
    const { version } = manifest();
    const faults = [
      tag !== `v${version}` && `the tag is ${tag}, and package.json has version ${version}`,
      !entryOf(version) && `CHANGELOG.md has no entry "## ${version}"; run node tools/release.mjs prepare ${version}`,
      repository() !== hosted &&
        `package.json names the repository ${repository()}, and this is ${hosted}; run node tools/release.mjs owner NAME`,
      repository().startsWith(`${NOBODY}/`) && `package.json still names the placeholder ${NOBODY}`,
    ].filter(Boolean);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  },
  notes(tag) {
    const entry = entryOf(tag.replace(/^v/, ''));
    if (!entry) throw new Error(`CHANGELOG.md has no entry of ${tag}`);
    console.log(entry);
  },
  readme(form) {
    const base = `https://github.com/${repository()}/blob/v${manifest().version}/`;
    const text = read('README.md');
    if (form === 'absolute') write('README.md', text.replace(/(\]\()(?!https?:|#|mailto:)/g, `$1${base}`));
    else if (form === 'relative') write('README.md', text.replaceAll(`](${base}`, ']('));
    else throw new Error(`readme takes absolute or relative, not ${form}`);
  },
};

const [name, ...args] = process.argv.slice(2);
try {
  if (!Object.hasOwn(COMMANDS, name ?? '')) throw new Error(`commands: ${Object.keys(COMMANDS).join(', ')}`);
  COMMANDS[name](...args);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
