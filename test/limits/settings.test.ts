/** What an algorithm declares of its settings is what they are scaled by. */
import { expect, it } from 'vitest';
import { scaledSettings } from '../../src/limits/settings.js';

const algorithm = {
  amounts: ['queue', 'refill'],
  durations: ['patience'],
  settings: (raw: Readonly<Record<string, unknown>>) => raw,
};

it('multiplies declared amounts by the scale and divides declared durations by the compression', () => {
  const raw = { queue: 0.29, patience: 90_000, other: 5, quota: 10 };
  expect(scaledSettings(algorithm, raw, { scale: 100, compress: 600 })).toEqual({
    queue: 29,
    patience: 150,
    other: 5,
    quota: 10,
  });
});

it('leaves a compressed duration at a millisecond at least', () => {
  expect(scaledSettings(algorithm, { patience: 5 }, { scale: 1, compress: 600 })).toEqual({ patience: 1 });
});
