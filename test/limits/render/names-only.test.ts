import { describe, expect, it } from 'vitest';
import { compileTemplate, namesOnly } from '../../../src/limits/render/template.js';

describe('what can change what a template renders', () => {
  const by = (source: unknown, ...roots: string[]) => namesOnly(compileTemplate(source), ...roots);

  it('is the roots that it names, wherever it names them', () => {
    expect(by({ a: ['${item.id}', 1], b: 'x ${item.name ?? item.id} y' }, 'item')).toBe(true);
    expect(by({ a: '${item.id}', b: ['${page.next}'] }, 'item')).toBe(false);
    expect(by({ a: '${item.id}', b: ['${page.next}'] }, 'page', 'item')).toBe(true);
    expect(by('${item.id ?? now}', 'item')).toBe(false);
    expect(by({ a: 1, b: [null, 'text'] })).toBe(true);
  });

  it('is the time, too, where a format may go by it', () => {
    expect(by('${item.at | delta-seconds}', 'item')).toBe(false);
    expect(by({ a: { b: ['since ${item.at | iso-seconds}'] } }, 'item')).toBe(false);
    expect(by('${item.name | upper | string}', 'item')).toBe(true);
  });
});
