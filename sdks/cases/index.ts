/**
 * The registry of SDK cases.
 * @module
 */
import type { SdkCase } from '../case.js';
import { anthropic } from './anthropic.js';
import { googleapis } from './googleapis.js';
import { microsoftGraph } from './microsoft-graph.js';
import { openai } from './openai.js';

/** All SDKs that are tried, in the order of docs/sdks.md. */
export const cases: readonly SdkCase[] = [openai, anthropic, microsoftGraph, googleapis];
