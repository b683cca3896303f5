/**
 * Explains advice in English: what a provider asks of its clients, with the numbers by which the verdict judges them.
 * @module
 */
import { z } from 'zod';
import { formatDuration } from '../../limits/duration.js';
import type { Advice } from '../../verdict/check.js';
import { type CheckName, checkNamed } from '../../verdict/checks/index.js';
import { adviceOf } from '../compiled/advice.js';
import { duration } from '../schema/basics.js';
import type { Profile } from '../schema/schema.js';
import { evidenceInWords } from './evidence.js';

/** Explains the advice of a profile. @returns two lines for each check */
export function explainAdvice(profile: Profile): string[] {
  return adviceOf(profile).flatMap((advice) => {
    const { check, severity, reported } = advice;
    const numbers = numbersInWords(advice);
    const { says, level, note } = reported;
    const source = reported.source && { id: '', ...reported.source };
    return [
      `${check} (${severity}): ${says}.${numbers === '' ? '' : ` Judged by ${numbers}.`}`,
      `   ${evidenceInWords({ level, note }, source)}`,
    ];
  });
}

/** The options of a check: `operations createLink; within 1 min`; empty if it has none. */
export function numbersInWords({ check, options }: Advice): string {
  const { shape } = checkNamed(check as CheckName).options(z, duration);
  return Object.entries(shape)
    .filter(([name]) => options[name] !== undefined)
    .map(([name, schema]) => {
      const value = options[name];
      const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      if (typeof value === 'number' && isDuration(schema)) return `${words} ${formatDuration(value)}`;
      return `${words} ${[value].flat().join(', ')}`;
    })
    .join('; ');
}

/** Whether a schema is that of a duration, with or without a default. */
function isDuration(schema: unknown): boolean {
  const { def } = (schema as z.ZodType)._zod;
  if (def === duration._zod.def) return true;
  return 'innerType' in def && isDuration(def.innerType);
}
