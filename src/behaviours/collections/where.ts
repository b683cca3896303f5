/**
 * `where`: fields of an item that must have the values of templates.
 * @module
 */
import { dig } from '../../limits/facts.js';
import { compileTemplate } from '../../limits/render/template.js';
import type { Context } from '../behaviour.js';

/** A field and the value that it must have. */
export interface FieldCondition {
  readonly path: readonly string[];
  readonly value: string;
}

/** Compiles `where`. It returns the conditions for a request; a template that renders to no value adds none. */
export function compileWhere(where: Readonly<Record<string, string>>): (context: Context) => readonly FieldCondition[] {
  const fields = Object.entries(where).map(([field, template]) => ({
    path: field.split('.'),
    template: compileTemplate(template),
  }));
  if (fields.length === 0) return () => NOTHING;
  return ({ scope, now }) => {
    const conditions: FieldCondition[] = [];
    for (const { path, template } of fields) {
      const value = template.render(scope, now);
      if (value !== undefined && value !== null) conditions.push({ path, value: String(value) });
    }
    return conditions;
  };
}

const NOTHING: readonly FieldCondition[] = [];

/** Whether an item's data meets all conditions. */
export function fits(data: unknown, conditions: readonly FieldCondition[]): boolean {
  return conditions.every(({ path, value }) => String(dig(data, path)) === value);
}
