/**
 * Validates a profile without serving it: the profile, its document, and each of its variants.
 * @module
 */
import { DocumentError } from '../openapi/document/notice.js';
import type { Operation } from '../openapi/document/operation.js';
import type { Provider } from './compiled/provider.js';
import { formatIssue, ProfileError, type ProfileIssue } from './errors.js';
import { loadProvider, withPositions } from './load.js';
import { filesOf } from './locate.js';

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

/** What is validated beyond the profile itself. */
export interface ValidationOptions {
  /** Whether the checks of all operations are compiled, which takes seconds for a large document, and the variants are loaded. Default: true. */
  readonly compiles?: boolean;
}

/** Validates a profile. @param reference an id, or the path of a file */
export function validateProfile(reference: string, { compiles = true }: ValidationOptions = {}): ValidationResult {
  let provider: Provider | undefined;
  const found = issuesOf(() => {
    provider = loadProvider(reference);
    if (compiles) compileAll(provider);
  });
  const issues: ValidationIssue[] = [...(provider?.warnings ?? []), ...found];
  const known = new Set(issues.map(formatIssue));
  // A broken profile would report its errors again for each variant.
  for (const variant of compiles && found.length === 0 && provider ? Object.keys(provider.profile.variants) : []) {
    for (const issue of loadIssues(reference, variant)) {
      if (!known.has(formatIssue(issue))) issues.push({ ...issue, variant });
      known.add(formatIssue(issue));
    }
  }
  return { provider, issues };
}

function loadIssues(reference: string, variant: string): readonly ProfileIssue[] {
  let warnings: readonly ProfileIssue[] = [];
  const errors = issuesOf(() => {
    warnings = loadProvider(reference, { variants: [variant] }).warnings;
  });
  return [...warnings, ...errors];
}

function issuesOf(work: () => void): readonly ProfileIssue[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ProfileError) return error.issues;
    throw error;
  }
}

/** Compiles what a server compiles at an operation's first request. @throws ProfileError */
function compileAll(provider: Provider): void {
  const issues = provider.document.operations.flatMap((operation) =>
    issuesOf(() => withPositions(filesOf(provider).document, () => compileOne(provider, operation))),
  );
  if (issues.length > 0) throw new ProfileError(issues);
}

function compileOne(provider: Provider, operation: Operation): void {
  provider.behaviour(operation);
  try {
    provider.validator(operation);
  } catch (error) {
    const reason = (error as Error).message.replaceAll('; ', ', ');
    const at = operation.pointer
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    throw new DocumentError('openapi/schema', at, `a schema of ${operation.id} cannot be used: ${reason}; mend it`);
  }
}
