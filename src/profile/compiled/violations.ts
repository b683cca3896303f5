/**
 * Selects the violation of a request that is answered, and the error that answers it.
 * @module
 */
import { globPattern } from '../../limits/rules/globs.js';
import { compileCondition, type Predicate } from '../../limits/rules/matching.js';
import type { Violation } from '../../openapi/request/validation.js';
import type { Profile } from '../schema/schema.js';

/** Selects one violation and its error: by the first rule of the profile that matches a violation. */
export type ViolationError = (
  violations: readonly Violation[],
  holds: (when: Predicate) => boolean,
) => { error: string; violation: Violation };

/** Compiles the validation rules of a profile. */
export function compileViolations(profile: Profile): ViolationError {
  const rules = profile.validation.map((rule) => ({
    when: compileCondition(rule.when),
    locations: rule.in,
    keywords: rule.keyword,
    field: rule.field === undefined ? undefined : globPattern(rule.field),
    error: rule.error,
  }));
  return (violations, holds) => {
    for (const { when, locations, keywords, field, error } of rules) {
      const violation = violations.find(
        (one) =>
          (!locations || locations.includes(one.in)) &&
          (!keywords || keywords.includes(one.keyword)) &&
          (!field || field.test(one.field)),
      );
      if (violation && holds(when)) return { error, violation };
    }
    return { error: profile.answers.clientError, violation: violations[0]! };
  };
}
