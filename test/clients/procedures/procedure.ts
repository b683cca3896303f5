/**
 * What a provider's page shows its readers how to do, or what they do in place of it, as a program.
 * @module
 */
import type { MockOptions } from '../../../src/options/options.js';
import type { CheckName } from '../../../src/verdict/checks/index.js';
import type { Life, Program } from '../virtual.js';

/** Programs that run at the same time on one mock, and the checks that they are to fail. */
export interface Procedure {
  /** What a program does, for the table of docs/clients.md; Markdown. */
  readonly says: string;
  /** Whether the provider's page itself has it. */
  readonly page: boolean;
  readonly options?: MockOptions;
  /** More than one: several of them at once. */
  readonly programs: readonly Program[];
  /** What it must have met, so that the verdict is one. */
  readonly meets?: { readonly refused?: number; readonly failed?: number };
  /** The checks that it fails, in the order in which they are made. */
  readonly fails: readonly CheckName[];
}

/** The procedures of one provider, and the credential with which all of them call it. */
export interface Provider {
  readonly credential: readonly [header: string, value: string];
  readonly procedures: readonly Procedure[];
}

/** So many of them at the same time. */
export function crowd(size: number, program: Program): Program[] {
  return Array.from({ length: size }, () => program);
}

/** 1 … n */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

/** Somebody else has used up the quota that the program is about to ask for. */
export function spentByOthers(
  { mock }: Life,
  policy: string,
  partition: Readonly<Record<string, string>>,
  resetsInMs?: number,
): void {
  mock.setQuota({ policy, partition, remaining: 0, ...(resetsInMs !== undefined && { resetsInMs }) });
}
