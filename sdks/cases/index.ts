/**
 * The registry of SDK cases.
 * @module
 */
import type { SdkCase } from '../case.js';
import { octokit } from './octokit.js';
import { shopify } from './shopify.js';
import { slack } from './slack.js';
import { twilio } from './twilio.js';

/** All SDKs that are tried, in the order of docs/sdks.md. */
export const cases: readonly SdkCase[] = [octokit, shopify, slack, twilio];
