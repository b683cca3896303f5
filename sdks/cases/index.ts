/**
 * The registry of SDK cases.
 * @module
 */
import type { SdkCase } from '../case.js';
import { discord } from './discord.js';
import { notion } from './notion.js';
import { stripe } from './stripe.js';
import { twitterApiV2 } from './twitter-api-v2.js';

/** All SDKs that are tried, in the order of docs/sdks.md. */
export const cases: readonly SdkCase[] = [stripe, discord, notion, twitterApiV2];
