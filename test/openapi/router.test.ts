/** Which operation a path is, asked once or many times. */
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/openapi/document/operation.js';
import { createRouter } from '../../src/openapi/request/router.js';

const operations = [
  ['GET', '/books'],
  ['POST', '/books'],
  ['GET', '/books/{id}'],
  ['GET', '/books/new'],
  ['GET', '/books/{id}/pages/{page}'],
  ['GET', '/{section}/index.json'],
].map(([method, path]) => ({ id: `${method} ${path}`, method, path }) as unknown as Operation);

describe('a path', () => {
  const router = createRouter(operations);
  const found = (method: string, path: string) => {
    const match = router.match(method, path);
    return match && [match.operation.id, match.params];
  };

  it('is the same operation with the same parameters however often it is asked for', () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1_200; i++) {
        expect(found('GET', `/books/b${i}`)).toEqual(['GET /books/{id}', { id: `b${i}` }]);
        expect(found('GET', `/books/b${i}/pages/${i}`)).toEqual([
          'GET /books/{id}/pages/{page}',
          { id: `b${i}`, page: String(i) },
        ]);
      }
      expect(found('GET', '/books/new')).toEqual(['GET /books/new', {}]);
      expect(found('GET', '/books')).toEqual(['GET /books', {}]);
      expect(found('POST', '/books')).toEqual(['POST /books', {}]);
      expect(found('POST', '/books/b1')).toBeUndefined();
      expect(found('PUT', '/books')).toBeUndefined();
      expect(found('GET', '/films/index.json')).toEqual(['GET /{section}/index.json', { section: 'films' }]);
      expect(found('HEAD', '/books/b1')).toEqual(['GET /books/{id}', { id: 'b1' }]);
      expect(found('GET', `/books/${'b'.repeat(300)}`)).toEqual(['GET /books/{id}', { id: 'b'.repeat(300) }]);
      expect(found('GET', '/books/a%20b')).toEqual(['GET /books/{id}', { id: 'a b' }]);
    }
  });

  it('has the methods of its operations', () => {
    for (let round = 0; round < 2; round++) {
      expect(router.methods('/books').sort()).toEqual(['GET', 'POST']);
      expect(router.methods('/books/b1')).toEqual(['GET']);
      expect(router.methods('/films')).toEqual([]);
    }
  });
});
