/**
 * Validates a profile or a document without serving it: the profile, its document, and each of its variants.
 * @module
 */
import type { Provider } from './compiled/provider.js';
import { loadAlone } from './document/alone.js';
import type { FetchedTexts } from './document/fetch.js';
import { fetchFor } from './document/open.js';
import { isDocument } from './document/reference.js';
import { formatIssue, ProfileError, type ProfileIssue } from './errors.js';
import { fetchReferences, loadProvider } from './load.js';
import { findProfile } from './locate.js';

/** The result of a validation. */
export interface ValidationResult {
  /** The compiled profile; `undefined` if it has errors. */
  readonly provider: Provider | undefined;
  readonly issues: readonly ValidationIssue[];
}

/** An issue of a profile or of one of its variants. */
export interface ValidationIssue extends ProfileIssue {
  /** The variant that causes the issue; unset if the profile itself does. */
  readonly variant?: string;
}

/** Validates a profile or a document, and fetches it if it is a URL. @param allowRemoteRefs whether references to other servers are fetched */
export async function validateReference(reference: string, allowRemoteRefs = false): Promise<ValidationResult> {
  if (isDocument(reference)) {
    const fetched = await fetchFor(reference, allowRemoteRefs);
    return validate((onWarning) => loadAlone(reference, { onWarning }, fetched));
  }
  const fetched = allowRemoteRefs ? await attempt(() => fetchReferences(findProfile(reference))) : undefined;
  return validateProfile(reference, fetched);
}

/** Validates a profile. @param reference an id, or the path of a file @param fetched what its document refers to on other servers */
export function validateProfile(reference: string, fetched?: FetchedTexts): ValidationResult {
  const { provider, issues } = validate((onWarning) => loadProvider(reference, { onWarning, fetched }));
  const all = [...issues];
  const known = new Set(all.map(formatIssue));
  // A broken profile would report its errors again for each variant.
  for (const variant of provider ? Object.keys(provider.profile.variants) : []) {
    const { issues } = validate(
      (onWarning) => loadProvider(reference, { variants: [variant], onWarning, fetched }),
      false,
    );
    for (const issue of issues) {
      if (!known.has(formatIssue(issue))) all.push({ ...issue, variant });
      known.add(formatIssue(issue));
    }
  }
  return { provider, issues: all };
}

/** @param compiles whether everything is compiled that a server compiles at an operation's first request */
function validate(load: (onWarning: (warning: ProfileIssue) => void) => Provider, compiles = true): ValidationResult {
  const late: ProfileIssue[] = [];
  try {
    const provider = load((warning) => late.push(warning));
    if (compiles) compileAll(provider);
    return { provider, issues: [...provider.warnings, ...late] };
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return { provider: undefined, issues: error.issues };
  }
}

/** Compiles what a server compiles at an operation's first request. */
function compileAll(provider: Provider): void {
  for (const operation of provider.document.operations) {
    provider.behaviour(operation);
    provider.validator(operation);
  }
}

/** The result of `work`; `undefined` where it throws a `ProfileError`, which the validation reports. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return undefined;
  }
}
