/** The models of the five providers cannot tell two replicas from one process. The log is in memory. */
import { describe, it } from 'vitest';
import { checkModel, MODELS } from './models.js';

describe('two replicas against the models of the default readings', () => {
  it.each(MODELS)('$name', async (model) => {
    await checkModel(model, 25);
  });
});
