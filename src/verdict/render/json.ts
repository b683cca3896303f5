/**
 * The JSON format: the report unchanged, for programs.
 * @module
 */
import type { Renderer } from './renderer.js';

/** Renders the report as indented JSON. */
export const json: Renderer = {
  mediaType: 'application/json',
  ending: '.json',
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
};
