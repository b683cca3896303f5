/** The files of examples/replicas: what they set exists, and what they name fits together. There is no container engine in these tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { VARIABLES } from '../../src/commands/flags/environment.js';
import { parseStoreUrl } from '../../src/replicas/log/store-url.js';
import { ROOT } from '../tools/build.js';

const read = (name: string) => readFileSync(join(ROOT, 'examples/replicas', name), 'utf8');

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Readonly<Record<string, string>>;
        readonly depends_on?: object | readonly string[];
        readonly command?: readonly string[];
        readonly volumes?: readonly { readonly source: string }[];
      }
    >
  >;
}

test('compose.yaml', () => {
  const { services } = parseYaml(read('compose.yaml')) as Compose;
  const { environment = {} } = services['mock429']!;
  expect(Object.keys(environment).filter((name) => !(name in VARIABLES))).toEqual([]);
  expect(parseStoreUrl(environment['MOCK429_STORE']!).nodes).toEqual([{ host: 'store', port: 6379 }]);
  expect(services['store']!.command).toContain('noeviction');
  for (const { depends_on: needs = [] } of Object.values(services))
    for (const name of Array.isArray(needs) ? needs : Object.keys(needs)) expect(services).toHaveProperty(name);
  for (const { source } of services['balancer']!.volumes!) expect(read(source)).toContain('server mock429:4290');
});

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly template?: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly containers: Container[] };
    };
    readonly strategy?: { readonly type: string };
  };
}
interface Container {
  readonly name: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { secretKeyRef: { name: string } };
  }[];
  readonly args?: readonly string[];
  readonly readinessProbe?: object;
}

describe('kubernetes.yaml', () => {
  const manifests = parseAllDocuments(read('kubernetes.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
  const named = (kind: string, name: string) =>
    manifests.find((one) => one.kind === kind && one.metadata.name === name);

  test('every selector selects a pod of the file, and every pod says when it is ready', () => {
    const workloads = manifests.filter(({ spec }) => spec?.template !== undefined);
    const labels = workloads.map(({ spec }) => JSON.stringify(spec!.template!.metadata.labels));
    for (const { spec } of workloads) {
      expect(labels).toContain(JSON.stringify(spec!.selector!['matchLabels']));
      for (const container of spec!.template!.spec.containers) expect(container).toHaveProperty('readinessProbe');
    }
    for (const { spec } of manifests.filter(({ kind }) => kind === 'Service'))
      expect(labels).toContain(JSON.stringify(spec!.selector));
  });

  test('the replicas name a store and a secret of the file, and variables that exist', () => {
    const [container] = named('Deployment', 'mock429')!.spec!.template!.spec.containers;
    const variables = container!.env!;
    expect(variables.map(({ name }) => name).filter((name) => !(name in VARIABLES))).toEqual([]);
    const store = variables.find(({ name }) => name === 'MOCK429_STORE')!;
    const [node] = parseStoreUrl(store.value!).nodes;
    expect(named('Service', node!.host)).toBeDefined();
    for (const { valueFrom } of variables)
      if (valueFrom) expect(named('Secret', valueFrom.secretKeyRef.name)).toBeDefined();
    const [redis] = named('StatefulSet', node!.host)!.spec!.template!.spec.containers;
    expect(redis!.args).toContain('noeviction');
  });
});
