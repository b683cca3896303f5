/**
 * One document, served by each tool and asked the same requests.
 * @module
 */
import { type Finding, type Judging, judge, judging, type Measure, snippet, type WireAnswer } from './answers/judge.js';
import { readSource, type Source } from './api/source.js';
import type { Document } from './documents.js';
import { prepare, type Requests } from './requests/prepare.js';
import type { Prepared } from './requests/request.js';
import { Checks } from './schema/checks.js';
import { agent, ask } from './send.js';
import type { Served, Tool } from './tools/tool.js';

/** A request or a load that was not as it should be. */
export interface Failure {
  readonly document: string;
  readonly operation: string;
  readonly measure: Measure | 'loads';
  /** Equal for failures of a kind. */
  readonly kind: string;
  readonly detail: string;
  /** `curl` with its arguments; the base URL is `$URL`. */
  readonly request: string;
  readonly answer: string;
}

/** What one tool did with one document. */
export interface ToolResult {
  readonly loaded: boolean;
  /** From the first command to the first answer. */
  readonly firstAnswerMs: number | undefined;
  /** By measure: how many were right, and of how many. */
  readonly counts: Readonly<Partial<Record<Measure, readonly [right: number, all: number]>>>;
  readonly failures: readonly Failure[];
}

/** What all tools did with one document. */
export interface DocumentResult {
  readonly document: Document;
  /** Why the corpus cannot use the document, which says nothing about a tool. */
  readonly unusable?: string;
  readonly requests: Requests;
  /** By the tool's name. */
  readonly tools: Readonly<Record<string, ToolResult>>;
}

const NO_REQUESTS: Requests = { prepared: [], operations: 0, unbuilt: [] };
/** So many requests without an answer, and the rest is not sent. */
const MAX_SILENCE = 3;

/** Serves a document by each tool, sends the same requests, and judges the answers. */
export async function measure(
  document: Document,
  tools: readonly Tool[],
  seed: number,
  operations: number,
): Promise<DocumentResult> {
  let source: Source;
  let requests: Requests;
  try {
    source = readSource(document.file);
    requests = prepare(source, seed, operations);
  } catch (error) {
    return { document, unusable: (error as Error).message, requests: NO_REQUESTS, tools: {} };
  }
  if (requests.operations === 0) return { document, unusable: 'it has no operation', requests, tools: {} };
  const rules = judging(source, new Checks(source, 'answer'), seed);
  const results: Record<string, ToolResult> = {};
  for (const tool of tools) results[tool.name] = await measureWith(tool, document, rules, requests);
  return { document, requests, tools: results };
}

async function measureWith(
  tool: Tool,
  document: Document,
  rules: Judging,
  { prepared }: Requests,
): Promise<ToolResult> {
  let served: Served;
  try {
    served = await tool.serve(document.file);
  } catch (error) {
    const detail = (error as Error).message;
    const failure: Failure = {
      document: document.id,
      operation: '',
      measure: 'loads',
      kind: kindOfText(detail),
      detail,
      request: '',
      answer: '',
    };
    return { loaded: false, firstAnswerMs: undefined, counts: {}, failures: [failure] };
  }
  const counts: Partial<Record<Measure, [number, number]>> = {};
  const failures: Failure[] = [];
  let firstAnswerMs: number | undefined;
  let silence = 0;
  const via = agent();
  try {
    for (const one of prepared) {
      const basePath = tool.basePaths ? one.operation.basePath : '';
      const begun = performance.now();
      const answer = silence < MAX_SILENCE ? await ask(served.url, basePath, one.request, via) : 'not asked any more';
      if (typeof answer === 'string') silence++;
      else firstAnswerMs ??= served.readyMs + performance.now() - begun;
      for (const finding of judge(rules, one, answer)) {
        counts[finding.measure] ??= [0, 0];
        const count = counts[finding.measure]!;
        count[1]++;
        if (finding.ok) count[0]++;
        else if (finding.kind !== undefined) failures.push(failureOf(document, one, basePath, finding, answer));
      }
    }
  } finally {
    via.destroy();
    await served.stop();
  }
  return { loaded: true, firstAnswerMs, counts, failures };
}

function failureOf(
  document: Document,
  prepared: Prepared,
  basePath: string,
  finding: Finding,
  answer: WireAnswer | string,
): Failure {
  const { operation, purpose } = prepared;
  return {
    document: document.id,
    operation: operation.id,
    measure: finding.measure,
    kind: finding.kind ?? '',
    detail: `${purpose.kind === 'invalid' ? `${purpose.fault} (${purpose.field}): ` : ''}${finding.detail}`,
    request: curlOf(prepared, basePath),
    answer:
      typeof answer === 'string'
        ? answer
        : `${answer.status} ${answer.headers['content-type'] ?? ''} ${snippet(answer.body, 600)}`,
  };
}

/** The request as a command for a shell. */
export function curlOf({ request: { method, target, headers, body } }: Prepared, basePath: string): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const data = body ? [`--data-binary ${quote(body.toString('utf8'))}`] : [];
  return ['curl', '-i', '-X', method, `"$URL"${quote(basePath + target)}`, ...lines, ...data].join(' ');
}

/** A message without what differs from document to document: names in quotes, paths, numbers. */
export function kindOfText(text: string): string {
  return text
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replaceAll(/(?:[\w.~-]*\/)+[\w.~{}-]*/g, '…')
    .replaceAll(/\d+/g, 'n')
    .slice(0, 160);
}
