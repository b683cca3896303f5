/**
 * Which of the things that are wrong with a request is answered, and as which error.
 * @module
 */
import { compileCondition, globPattern, type Predicate } from '../../limits/matching.js';
import type { Violation } from '../../openapi/validation.js';
import type { Profile } from '../schema/schema.js';

/** Of a request's violations the one that is answered, by the first rule of the profile that fits any, and with which error. */
export type ViolationError = (
  violations: readonly Violation[],
  holds: (when: Predicate) => boolean,
) => { error: string; violation: Violation };

export function compileViolations(profile: Profile): ViolationError {
  const rules = profile.validation.map((rule) => ({
    when: compileCondition(rule.when),
    places: rule.in,
    keywords: rule.keyword,
    field: rule.field === undefined ? undefined : globPattern(rule.field),
    error: rule.error,
  }));
  return (violations, holds) => {
    for (const { when, places, keywords, field, error } of rules) {
      const violation = violations.find(
        (one) =>
          (!places || places.includes(one.in)) &&
          (!keywords || keywords.includes(one.keyword)) &&
          (!field || field.test(one.field)),
      );
      if (violation && holds(when)) return { error, violation };
    }
    return { error: profile.answers.clientError, violation: violations[0]! };
  };
}
