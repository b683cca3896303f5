/**
 * What a browser gets at the addresses that are printed at the start: at the server's own address the dashboard, at the base URL of one of several providers a
 * page that describes them. Who may not see the dashboard gets that page, too.
 * @module
 */
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { type ControlCaller, type GuardRules, guardPage } from '../control/guard.js';
import { startPage } from '../web/start-page.js';
import { UI_PATH } from './path.js';

/** A browser's navigation. */
export interface Navigation {
  readonly caller: ControlCaller;
  readonly rules: GuardRules;
  /** Path prefix of the sandbox: `/~name`, or empty. */
  readonly prefix: string;
  /** Origin as the browser addresses it: `http://127.0.0.1:4290`. */
  readonly origin: string;
  /** Whether it requests the address of the server or sandbox itself, not the base URL of one of several providers. */
  readonly isRoot: boolean;
}

/** Answers a navigation. */
export function answerNavigation(sandbox: Sandbox, navigation: Navigation): Answer {
  const { caller, rules, prefix, origin, isRoot } = navigation;
  const refusal = guardPage(caller, rules);
  if (!isRoot || refusal) return startPage(sandbox, prefix, origin, refusal?.detail);
  const headers = { Location: `${prefix}${UI_PATH}`, 'Cache-Control': 'no-store', Vary: 'Accept' };
  return { status: 302, headers, body: '' };
}
