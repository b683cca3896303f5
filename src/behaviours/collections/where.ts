/**
 * `where`: fields of an item that must have the values of templates.
 * @module
 */
import { dig } from '../../limits/facts.js';
import { compileTemplate } from '../../limits/render/template.js';
import type { Context } from '../behaviour.js';

/** What an item's field must be to fit. */
export interface Wanted {
  readonly path: readonly string[];
  readonly value: string;
}

/** What the request asks for; a template without a value lets all pass. */
export function compileWhere(where: Readonly<Record<string, string>>): (context: Context) => readonly Wanted[] {
  const fields = Object.entries(where).map(([field, template]) => ({
    path: field.split('.'),
    template: compileTemplate(template),
  }));
  if (fields.length === 0) return () => NOTHING;
  return ({ scope, now }) => {
    const wanted: Wanted[] = [];
    for (const { path, template } of fields) {
      const value = template.render(scope, now);
      if (value !== undefined && value !== null) wanted.push({ path, value: String(value) });
    }
    return wanted;
  };
}

const NOTHING: readonly Wanted[] = [];

export function fits(data: unknown, wanted: readonly Wanted[]): boolean {
  return wanted.every(({ path, value }) => String(dig(data, path)) === value);
}
