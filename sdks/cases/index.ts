/**
 * The registry of SDK cases.
 * @module
 */
import type { SdkCase } from '../case.js';

/** All SDKs that are tried, in the order of docs/sdks.md. */
export const cases: readonly SdkCase[] = [];
