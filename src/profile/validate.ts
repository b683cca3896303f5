/**
 * Validates a profile or a document without serving it: the profile, its document, and each of its variants.
 * @module
 */
import type { Provider } from './compiled/provider.js';
import { loadAlone } from './document/alone.js';
import type { OnWarning } from './document/checks.js';
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

/** What is validated, and how. */
export interface ValidationOptions {
  /** Whether the checks of all operations are compiled, which takes seconds for a large document, and the variants are loaded. Default: true. */
  readonly compiles?: boolean;
  /** What the document refers to on other servers. Default: nothing, so that such references are warnings. */
  readonly fetched?: FetchedTexts | undefined;
}

/** Validates a profile or a document, and fetches it if it is a URL. @param allowRemoteRefs whether references to other servers are fetched */
export async function validateReference(reference: string, allowRemoteRefs = false): Promise<ValidationResult> {
  if (isDocument(reference)) {
    const fetched = await fetchFor(reference, allowRemoteRefs);
    return validate(
      (onWarning) => loadAlone(reference, { onWarning, checkedExamples: Number.POSITIVE_INFINITY }, fetched),
      true,
    );
  }
  const fetched = allowRemoteRefs ? await attempt(() => fetchReferences(findProfile(reference))) : undefined;
  return validateProfile(reference, { fetched });
}

/** Validates a profile. @param reference an id, or the path of a file */
export function validateProfile(reference: string, options: ValidationOptions = {}): ValidationResult {
  const { compiles = true, fetched } = options;
  const checkedExamples = compiles ? Number.POSITIVE_INFINITY : undefined;
  const loadBase = (onWarning: OnWarning) => loadProvider(reference, { onWarning, checkedExamples, fetched });
  const { provider, issues } = validate(loadBase, compiles);
  const all: ValidationIssue[] = [...issues];
  const known = new Set(all.map(formatIssue));
  // A broken profile would report its errors again for each variant.
  for (const variant of compiles && provider ? Object.keys(provider.profile.variants) : []) {
    const load = (onWarning: OnWarning) => loadProvider(reference, { variants: [variant], onWarning, fetched });
    for (const issue of validate(load, false).issues) {
      if (!known.has(formatIssue(issue))) all.push({ ...issue, variant });
      known.add(formatIssue(issue));
    }
  }
  return { provider, issues: all };
}

/** @param compiles whether everything is compiled that a server compiles at an operation's first request */
function validate(load: (onWarning: OnWarning) => Provider, compiles: boolean): ValidationResult {
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
