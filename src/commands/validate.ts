/**
 * The command `mock429 validate`.
 * @module
 */
import { formatIssue } from '../profile/errors.js';
import { type ValidationIssue, type ValidationResult, validateReference } from '../profile/validate.js';
import type { Io } from './terminal/io.js';
import { count } from './terminal/text.js';

/** Flags of the command. */
export interface ValidateFlags {
  readonly json?: boolean | undefined;
  readonly allowWarnings?: boolean | undefined;
  readonly allowRemoteRefs?: boolean | undefined;
}

/** Checks profiles and documents, and prints the issues. @returns the exit code */
export async function validate(
  references: readonly string[],
  { json = false, allowWarnings = false, allowRemoteRefs }: ValidateFlags,
  io: Io,
): Promise<number> {
  const verdicts: Named[] = [];
  for (const reference of references)
    verdicts.push({ reference, ...(await validateReference(reference, allowRemoteRefs)) });
  const fails = (issue: ValidationIssue) => isFailure(issue, allowWarnings);
  if (json) {
    const records = verdicts.map((verdict) => record(verdict, !verdict.issues.some(fails)));
    io.out(`${JSON.stringify(records, null, 2)}\n`);
  }
  if (!json) for (const verdict of verdicts) io.out(report(verdict, !verdict.issues.some(fails)));
  return verdicts.some(({ issues }) => issues.some(fails)) ? 2 : 0;
}

/** A warning about a document is no failure: the document is the provider's, and what is left of it is served. */
function isFailure({ severity, code }: ValidationIssue, allowWarnings: boolean): boolean {
  return severity !== 'warning' || !(allowWarnings || code.startsWith('openapi/'));
}

type Named = ValidationResult & { readonly reference: string };

function report({ reference, provider, issues }: Named, passes: boolean): string {
  const lines = issues.map(({ variant, ...issue }) => {
    const warning = issue.severity === undefined ? '' : ' (warning)';
    return `${formatIssue(issue)}${warning}${variant === undefined ? '' : `  (variant ${variant})`}\n`;
  });
  return `${lines.join('')}${passes ? `${reference}: ok (${contents(provider!, issues.length)})\n` : ''}`;
}

function contents(provider: NonNullable<ValidationResult['provider']>, warnings: number): string {
  const { policies, operations, variants } = sizes(provider);
  const counts = [
    ...(provider.alone ? ['a document without limits'] : [count(policies, 'policy', 'policies')]),
    count(operations, 'operation'),
    ...(provider.alone ? [] : [count(variants, 'variant')]),
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
  ];
  return counts.join(', ');
}

function record({ reference, provider, issues }: Named, ok: boolean): object {
  return {
    file: reference,
    ok,
    ...(provider ? { id: provider.id, ...sizes(provider) } : {}),
    issues,
  };
}

function sizes({ profile, policies, document }: NonNullable<ValidationResult['provider']>) {
  return {
    // Versions of a policy were not written by anybody.
    policies: new Set(policies.map(({ base }) => base)).size,
    operations: document.operations.length,
    variants: Object.keys(profile.variants).length,
  };
}
