import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../../src/limits/render/template.js';

describe('a placeholder with fallbacks', () => {
  const render = (source: unknown, values: Record<string, unknown>, asked: string[] = []) =>
    compileTemplate(source).render((path) => {
      asked.push(path.join('.'));
      return values[path.join('.')];
    }, 0);

  it('takes the first that has a value, and looks no further', () => {
    const asked: string[] = [];
    expect(render('${body.slug ?? new.id}', { 'body.slug': 'own', 'new.id': 'made' }, asked)).toBe('own');
    expect(asked).toEqual(['body.slug']);
    expect(render('${body.slug ?? new.id}', { 'body.slug': null, 'new.id': 'made' })).toBe('made');
    expect(render('a/${a ?? b ?? c}', { c: 7 })).toBe('a/7');
  });

  it('keeps what is no value at all, such as an empty text, zero and false', () => {
    for (const value of ['', 0, false]) expect(render('${a ?? b}', { a: value, b: 'other' })).toBe(value);
  });

  it('leaves the key out where none has a value, and keeps a null', () => {
    expect(render({ x: '${a ?? b}' }, {})).toEqual({});
    expect(render({ x: '${a ?? b}' }, { b: null })).toEqual({ x: null });
  });

  it('filters whichever it took', () => {
    expect(render('${a ?? b | upper}', { b: 'text' })).toBe('TEXT');
  });

  it('names all its paths, for checks', () => {
    expect(compileTemplate('${a.b ?? c}').paths).toEqual([['a', 'b'], ['c']]);
  });

  it('refuses a fallback that is no path', () => {
    expect(() => compileTemplate('${a ?? }')).toThrow('is not a path');
    expect(() => compileTemplate('${ ?? a}')).toThrow('is not a path');
    expect(() => compileTemplate('${}')).toThrow('is not a path');
  });
});
