/**
 * `where`: fields of an item that must have the values of templates.
 * @module
 */
import { dig } from '../../limits/facts.js';
import { compileTemplate } from '../../limits/render/template.js';
import type { Context } from '../behaviour.js';

/** A field and the value that it must have. */
export interface Wanted {
  readonly path: readonly string[];
  readonly value: string;
}

/** Compiles `where`. It returns the conditions for a request; a template that renders to no value adds none. */
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

/** Whether an item's data meets all conditions. */
export function fits(data: unknown, wanted: readonly Wanted[]): boolean {
  return wanted.every(({ path, value }) => String(dig(data, path)) === value);
}
