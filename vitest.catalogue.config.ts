import { defineConfig } from 'vitest/config';
import { CATALOGUE, common } from './vitest.config.js';

/** The profiles of the catalogue against their models, scenarios and contracts: `npm run test:catalogue`, and the CI, do it. */
export default defineConfig({
  test: { ...common, include: [...CATALOGUE], exclude: ['node_modules'] },
});
