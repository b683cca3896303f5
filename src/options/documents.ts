/**
 * The option `openapi`: documents that are served without a profile.
 * @module
 */
import type { IetfRevision } from '../profile/compiled/ietf.js';
import type { Provider } from '../profile/compiled/provider.js';
import type { DocumentReference } from '../profile/document/open.js';
import { formatIssue, type ProfileIssue } from '../profile/errors.js';
import type { WriteLog } from '../sandbox/core.js';
import type { ProfileSource } from './profile-source.js';

/** The value of the option. */
export type DocumentsOption = string | object | readonly (string | object)[];

/** The documents that the option names, each once. */
export function documentsOf(openapi: DocumentsOption | undefined): DocumentReference[] {
  if (openapi === undefined) return [];
  const given: readonly DocumentReference[] = Array.isArray(openapi) ? openapi : [openapi as DocumentReference];
  return [...new Set(given.flatMap((one): DocumentReference[] => (typeof one === 'string' ? splitList(one) : [one])))];
}

/** Splits a comma list of paths or URLs. In a list with URLs, only a comma before a URL splits. */
function splitList(text: string): string[] {
  const parts = text.includes('://') ? text.split(/,(?=\s*https?:\/\/)/i) : text.split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** How a document is opened repeatedly. */
export function documentSource(
  reference: DocumentReference,
  {
    allowRemoteRefs = false,
    strictExamples = false,
    ietf,
    log,
  }: {
    readonly allowRemoteRefs?: boolean;
    readonly strictExamples?: boolean;
    readonly ietf?: IetfRevision;
    readonly log?: WriteLog;
  },
): ProfileSource {
  let read: ReadonlyMap<string, string | undefined> = new Map();
  let id: string | undefined;
  return {
    reference: typeof reference === 'string' ? reference : 'openapi',
    get read() {
      return read;
    },
    keepId(kept) {
      id = kept;
    },
    async open() {
      const { openAlone } = await import('../profile/document/alone.js');
      const texts = new Map<string, string | undefined>();
      read = texts;
      const warn = (warning: ProfileIssue) => log?.('warn', formatIssue(warning));
      const onRead = (file: string, text: string | undefined) => texts.set(file, text);
      const provider = await openAlone(reference, {
        id,
        allowRemoteRefs,
        strictExamples,
        ietf,
        onRead,
        onWarning: warn,
      });
      for (const warning of provider.warnings) warn(warning);
      return provider;
    },
  };
}

/**
 * Gives each document an id of its own: one that another provider has gets a number. The log says so, and that nothing is limited.
 *
 * @param sources the sources of the providers, in the same order
 */
export function settleDocumentIds(
  providers: readonly Provider[],
  sources: readonly ProfileSource[],
  log: WriteLog | undefined,
): Provider[] {
  const isAlone = providers.map(({ alone }) => alone !== undefined);
  const taken = new Set(providers.filter((_, i) => !isAlone[i]).map(({ id }) => id));
  return providers.map((provider, i) => {
    if (!isAlone[i]) return provider;
    let { id } = provider;
    for (let n = 2; taken.has(id); n++) id = `${provider.id}-${n}`;
    taken.add(id);
    sources[i]!.keepId?.(id);
    if (id !== provider.id)
      log?.('warn', `the id "${provider.id}" is taken, so ${provider.alone!.name} is served as ${id}`);
    log?.('info', describeAlone(provider, id));
    return id === provider.id ? provider : { ...provider, id, profile: { ...provider.profile, id } };
  });
}

function describeAlone({ alone, document }: Provider, id: string): string {
  const { name, file } = alone!;
  const count = document.operations.length;
  const next = file === undefined ? 'save it, and "mock429 init FILE" writes' : `"mock429 init ${name}" writes`;
  return `${id} is served from ${name} alone (${count} ${count === 1 ? 'operation' : 'operations'}): nothing is limited; ${next} a profile with limits`;
}
