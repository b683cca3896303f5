/**
 * The registry of SDK cases.
 * @module
 */
import type { SdkCase } from '../case.js';
import { anthropic } from './anthropic.js';
import { discord } from './discord.js';
import { googleapis } from './googleapis.js';
import { microsoftGraph } from './microsoft-graph.js';
import { notion } from './notion.js';
import { octokit } from './octokit.js';
import { openai } from './openai.js';
import { shopify } from './shopify.js';
import { slack } from './slack.js';
import { stripe } from './stripe.js';
import { twilio } from './twilio.js';
import { twitterApiV2 } from './twitter-api-v2.js';

/** All SDKs that are tried, in the order of docs/sdks.md. */
export const cases: readonly SdkCase[] = [
  octokit,
  openai,
  anthropic,
  stripe,
  slack,
  discord,
  shopify,
  notion,
  twitterApiV2,
  twilio,
  microsoftGraph,
  googleapis,
];
