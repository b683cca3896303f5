/**
 * Guards for the registries: whatever is registered has a reference model, a transcript or an offender that shows it, a description in the profile's schema, and a
 * place in the choices that `init` lists. Operations that are declared are in their table, and commands have a description and a test.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { behaviours } from '../src/behaviours/index.js';
import { makeStarter } from '../src/commands/starter/starter.js';
import { callsOf } from '../src/http/control/define-operation.js';
import { createKit } from '../src/http/control/kit.js';
import type { Change, HttpForm } from '../src/http/control/operation.js';
import { allCalls, changeNamed, operations } from '../src/http/control/operations/index.js';
import { algorithms } from '../src/limits/algorithms/index.js';
import { FORMAT_NAMES, FORMAT_TITLES } from '../src/limits/render/formats.js';
import { HEADER_VALUE_NAMES, HEADER_VALUES } from '../src/limits/render/headers.js';
import { builtInProfiles } from '../src/profile/locate.js';
import { checkNamed, checkNames } from '../src/verdict/checks/index.js';
import { reportFormats } from '../src/verdict/render/index.js';
import { loadedProvider } from './helpers/providers.js';
import { FORMATS, VALUES } from './limits/render/models.js';
import { subjects } from './properties/subjects.js';
import { methodsOfSandbox } from './tools/api-reference.js';
import { commands } from './tools/cli-reference.js';
import { checksTable } from './tools/clients.js';
import { pathOf, profileJsonSchema, read } from './tools/generate.js';
import { readScenario, scenarioFolders, scenarioNames } from './transcripts/library.js';
import type { Scenario } from './transcripts/scenario.js';
import { offenders } from './verdict/offenders.js';

const ALGORITHMS = Object.keys(algorithms);
const BEHAVIOURS = Object.keys(behaviours);

const scenarios = scenarioFolders().flatMap((folder) =>
  scenarioNames(folder).map((name) => readScenario(folder, name)),
);

/** The provider as the scenario serves it. */
function providerOf({ setup: { profile, variant, set } }: Scenario) {
  const settings = set.map((text) => {
    const at = text.indexOf('=');
    return { path: text.slice(0, at), value: parse(text.slice(at + 1)) as unknown };
  });
  return loadedProvider(profile, { variants: variant, set: settings });
}

/** Those of `names` that are not among `shown`. */
function missing(names: readonly string[], shown: Iterable<string>): string[] {
  const all = new Set(shown);
  return names.filter((name) => !all.has(name));
}

/** Every node of a JSON value. */
function* nodes(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const child of Object.values(value)) yield* nodes(child);
}

const schema = [...nodes(profileJsonSchema())];
const published = [...nodes(JSON.parse(read('profiles/profile.schema.json')))];

const starter = makeStarter(loadedProvider(builtInProfiles()[0]!).document, {
  id: 'made',
  title: 'Made',
  document: 'openapi.yaml',
  schema: 'profile.schema.json',
  file: 'made.profile.yaml',
}).text;

/** Names that are not in the starter as whole words. */
function unlisted(names: readonly string[]): string[] {
  return names.filter((name) => !new RegExp(`(?<![\\w.-])${name.replaceAll('.', '\\.')}(?![\\w-])`).test(starter));
}

describe('algorithms', () => {
  test('each has a reference model in test/properties/subjects.ts', () => {
    expect(
      missing(
        ALGORITHMS,
        subjects.map(({ algorithm }) => algorithm.name),
      ),
    ).toEqual([]);
  });

  test('each is shown by a transcript, of a profile that uses it or in test/transcripts/algorithms', () => {
    const shown = scenarios.flatMap((scenario) => providerOf(scenario).policies.map(({ algorithm }) => algorithm.name));
    expect(missing(ALGORITHMS, shown)).toEqual([]);
  });

  test('each, and each of its settings, is described in the profile schema', () => {
    for (const name of ALGORITHMS) {
      const variant = published.find(
        ({ properties }) => (properties as { algorithm?: { const?: string } })?.algorithm?.const === name,
      );
      const properties = variant?.['properties'] as Record<string, { description?: string }> | undefined;
      const own = schema.find(
        (node) => (node['properties'] as { algorithm?: { const?: string } })?.algorithm?.const === name,
      );
      expect([name, properties?.['algorithm']?.description]).toEqual([name, algorithms[name as 'fixed-window'].title]);
      expect(Object.keys(properties!)).toEqual(Object.keys(own!['properties'] as object));
      for (const key of [
        ...algorithms[name as 'fixed-window'].amounts,
        ...algorithms[name as 'fixed-window'].durations,
      ])
        expect([name, key, typeof properties![key]?.description]).toEqual([name, key, 'string']);
    }
  });

  test('each is in the starter', () => {
    expect(unlisted(ALGORITHMS)).toEqual([]);
  });
});

describe('behaviours', () => {
  test('each answers a request of some transcript', () => {
    const shown = scenarios.flatMap((scenario) => {
      const { router, profile } = providerOf(scenario);
      return scenario.steps.flatMap((step) => {
        if (step.kind !== 'request') return [];
        const match = router.match(step.request.method, step.request.target.split('?')[0]!);
        return match ? [profile.operations[match.operation.id]?.behaviour ?? 'example'] : [];
      });
    });
    expect(missing(BEHAVIOURS, shown)).toEqual([]);
  });

  test('each is in the profile schema and in the starter', () => {
    const named = published.map(({ properties }) =>
      String((properties as { behaviour?: { const?: string } })?.behaviour?.const),
    );
    expect(
      missing(
        BEHAVIOURS.filter((name) => name !== 'example'),
        named,
      ),
    ).toEqual([]);
    expect(unlisted(BEHAVIOURS)).toEqual([]);
  });
});

describe('header values and formats', () => {
  test('each has a reference model in test/limits/render/models.ts', () => {
    expect(missing(HEADER_VALUE_NAMES, Object.keys(VALUES))).toEqual([]);
    expect(missing(FORMAT_NAMES, Object.keys(FORMATS))).toEqual([]);
  });

  test('each is described in the profile schema', () => {
    // Where variants share a schema, the names and their description are in different places.
    const texts = published.map(({ description }) => String(description));
    const named = new Set(published.flatMap((node) => (Array.isArray(node['enum']) ? node['enum'] : [])));
    const described = (titles: Readonly<Record<string, string>>) =>
      Object.entries(titles)
        .filter(([name, title]) => !named.has(name) || !texts.some((text) => text.includes(`${name}: ${title}`)))
        .map(([name]) => name);
    expect(described(HEADER_VALUES)).toEqual([]);
    expect(described(FORMAT_TITLES)).toEqual([]);
  });

  test('each is in the starter', () => {
    expect(unlisted(HEADER_VALUE_NAMES)).toEqual([]);
    expect(unlisted(FORMAT_NAMES)).toEqual([]);
  });
});

describe('checks', () => {
  test('each finds an offender in test/verdict/offenders.ts', () => {
    expect(
      missing(
        checkNames,
        offenders.map(({ check }) => check),
      ),
    ).toEqual([]);
  });

  test('each has a title, a place in the table of docs/clients.md and in the profile schema', () => {
    const page = read('docs/clients.md');
    for (const name of checkNames) {
      expect([name, checkNamed(name).title]).toEqual([name, expect.stringMatching(/\S/)]);
      expect(checksTable()).toContain(`\`${name}\``);
      expect([name, page.includes(`| \`${name}\` |`)]).toEqual([name, true]);
      expect([name, published.some((node) => Object.hasOwn(node, name) || node['const'] === name)]).toEqual([
        name,
        true,
      ]);
    }
  });
});

describe('report formats', () => {
  const formats = Object.keys(reportFormats);

  test('each has a test in test/verdict/render', () => {
    const tested = readdirSync(pathOf('test/verdict/render')).map((file) => file.replace(/\.test\.ts$/, ''));
    // JSON is the report itself, whose schema the control API has; index.test.ts renders it.
    const own = formats.filter((format) => format !== 'json');
    expect(missing(own, tested)).toEqual([]);
    expect(read('test/verdict/render/index.test.ts')).toContain("'json'");
  });

  test.each(['docs/verdict.md', 'docs/recipes.md', 'docs/cli.md', 'docs/control.md'])('each is named in %s', (page) => {
    const text = read(page);
    expect(formats.filter((format) => !new RegExp(`(?<![\\w-])${format}(?![\\w-])`).test(text))).toEqual([]);
  });

  test('each has a media type and a file name extension of its own', () => {
    const shown = Object.values(reportFormats).map(({ mediaType, ending }) => `${mediaType} ${ending}`);
    expect(new Set(shown).size).toBe(formats.length);
    for (const one of shown) expect(one).toMatch(/^[a-z]+\/[a-z+.-]+ \.[a-z]+$/);
  });
});

describe('operations', () => {
  const OPERATIONS = 'src/http/control/operations';

  /** The operations of the table, and the calls behind them. */
  const listed = new Set<unknown>([...allCalls(), ...nodes(operations)]);

  const files = readdirSync(pathOf(OPERATIONS), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((file) => file !== 'index');

  test.each(files)('that %s.ts declares are in the table of operations/index.ts', async (file) => {
    const declared = Object.entries(
      (await import(/* @vite-ignore */ pathOf(`${OPERATIONS}/${file}.ts`))) as Record<string, unknown>,
    );
    expect(declared).not.toEqual([]);
    expect(declared.filter(([, operation]) => !listed.has(operation)).map(([name]) => name)).toEqual([]);
  });

  test('have a doc comment in the table, from which docs/api.md is made', () => {
    const methods = methodsOfSandbox();
    expect(methods.length).toBeGreaterThan(25);
    expect(methods.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([]);
  });

  // Replicas perform changes at one place of their log, and only those.
  test('that are called by another method than GET are declared by defineChange, and known by their names', () => {
    const kit = createKit('0.0.0', () => ({}));
    const methodsOf = (operation: { readonly http: HttpForm }) =>
      [callsOf(operation)(kit)].flat().map(({ route }) => route.method);
    const all = [...nodes(operations)].filter((node) => typeof node['http'] === 'function');
    const changing = (all as unknown as { readonly http: HttpForm }[]).filter((operation) =>
      methodsOf(operation).some((method) => method !== 'get'),
    );
    expect(changing.length).toBeGreaterThan(10);
    const names = changing.map((operation) => (operation as Partial<Change<[], unknown>>).name);
    expect(names.map((name) => name !== undefined && changeNamed(name))).toEqual(changing);
  });
});

describe('commands', () => {
  const tests = readdirSync(pathOf('test/cli'))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => read(`test/cli/${file}`));

  test.each(commands().map((command) => ({ name: command.name(), command })))(
    '$name says what it does',
    ({ command }) => {
      expect(command.description()).toMatch(/\w+ \w+/);
    },
  );

  test.each(commands().map((command) => command.name()))('%s is run by a test in test/cli', (name) => {
    expect(tests.some((text) => text.includes(`'${name}'`))).toBe(true);
  });
});
