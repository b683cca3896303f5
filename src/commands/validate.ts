/**
 * The command `mock429 validate`.
 * @module
 */
import { formatIssue } from '../profile/errors.js';
import { type ValidationIssue, type ValidationResult, validateProfile } from '../profile/validate.js';
import type { Io } from './terminal/io.js';
import { count } from './terminal/text.js';

/** Flags of the command. */
export interface ValidateFlags {
  readonly json?: boolean | undefined;
  readonly allowWarnings?: boolean | undefined;
}

/** Checks profiles and prints the issues. @returns the exit code */
export function validate(
  references: readonly string[],
  { json = false, allowWarnings }: ValidateFlags,
  io: Io,
): number {
  const verdicts = references.map((reference) => ({ reference, ...validateProfile(reference) }));
  if (json) io.out(`${JSON.stringify(verdicts.map(record), null, 2)}\n`);
  else for (const verdict of verdicts) io.out(report(verdict));
  const counts = ({ severity }: ValidationIssue) => severity !== 'warning' || !allowWarnings;
  return verdicts.some(({ issues }) => issues.some(counts)) ? 2 : 0;
}

type Named = ValidationResult & { readonly reference: string };

function report({ reference, provider, issues }: Named): string {
  if (issues.length > 0) {
    return issues
      .map(({ variant, ...issue }) => {
        const warning = issue.severity === undefined ? '' : ' (warning)';
        return `${formatIssue(issue)}${warning}${variant === undefined ? '' : `  (variant ${variant})`}\n`;
      })
      .join('');
  }
  const { policies, operations, variants } = sizes(provider!);
  const counts = [count(policies, 'policy', 'policies'), count(operations, 'operation'), count(variants, 'variant')];
  return `${reference}: ok (${counts.join(', ')})\n`;
}

function record({ reference, provider, issues }: Named): object {
  return {
    file: reference,
    ok: issues.length === 0,
    ...(provider ? { id: provider.id, ...sizes(provider) } : {}),
    issues,
  };
}

function sizes({ profile, policies, document }: NonNullable<ValidationResult['provider']>) {
  return {
    policies: policies.length,
    operations: document.operations.length,
    variants: Object.keys(profile.variants).length,
  };
}
