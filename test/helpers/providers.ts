/**
 * Built-in providers for tests that need many of them: each file is read once, and what is asked for twice is compiled once.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { checkProfile } from '../../src/profile/checks/checks.js';
import { compileProvider, type Provider } from '../../src/profile/compiled/provider.js';
import { ProfileError } from '../../src/profile/errors.js';
import { loadProvider } from '../../src/profile/load.js';
import { builtInProfiles, displayPath, findProfile } from '../../src/profile/locate.js';
import { type Overlay, parseProfile } from '../../src/profile/parse.js';
import type { Source } from '../../src/profile/source/positions.js';
import { readSource } from '../../src/profile/source/source-files.js';
import { memoise } from '../../src/runtime/memoise.js';

const sources = new Map<string, Source>();
const documents = new Map<string, OpenApiDocument>();
const providers = new Map<string, Provider>();

/** What `loadProvider` gives. @throws ProfileError */
export function providerOf(id: string, overlay: Overlay = {}): Provider {
  const name = JSON.stringify([id, overlay]);
  const known = providers.get(name);
  if (known) return known;
  const file = findProfile(id);
  const source = sourceOf(file);
  const { profile, position } = parseProfile(source, overlay);
  const document = documentOf(resolve(dirname(file), profile.openapi));
  const issues = checkProfile(profile, document, { file, base: source.value, position });
  if (issues.length > 0) throw new ProfileError(issues);
  const provider = compileProvider(profile, document, { file, variants: overlay.variants ?? [], compress: 1 });
  providers.set(name, provider);
  return provider;
}

/** What `loadProvider` gives, loaded once for the same options: for tests that are not about loading. @throws ProfileError */
export function loadedProvider(id: string, options: Overlay & { readonly compress?: number } = {}): Provider {
  return loaded(JSON.stringify([id, options]));
}
const loaded = memoise((key: string) => loadProvider(...(JSON.parse(key) as Parameters<typeof loadedProvider>)), {
  max: 500,
});

/** Every built-in profile by itself and with each of its variants. */
export function profilesAndVariants(): { id: string; variants: string[]; name: string }[] {
  return builtInProfiles().flatMap((id) => {
    const variants = Object.keys((sourceOf(findProfile(id)).value as { variants?: object }).variants ?? {});
    return [[], ...variants.map((variant) => [variant])].map((set) => ({
      id,
      variants: set,
      name: [id, ...set].join(' + '),
    }));
  });
}

/** The file's content as it was written. A mock in the same process may have parsed it, or does not need to any more. */
export function sourceOf(file: string): Source {
  const source = sources.get(file) ?? readSource(file, displayPath(file));
  sources.set(file, source);
  return source;
}

function documentOf(file: string): OpenApiDocument {
  const document = documents.get(file) ?? new OpenApiDocument(sourceOf(file).value as JsonObject);
  documents.set(file, document);
  return document;
}
