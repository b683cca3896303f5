/**
 * The report as it is, for programs.
 * @module
 */
import type { Renderer } from './renderer.js';

export const json: Renderer = {
  mediaType: 'application/json',
  ending: '.json',
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
};
