/**
 * The verdict on the clients, in all formats.
 * @module
 */
import type { z as Z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ReportOptions } from '../../../../sandbox/verdict/report.js';
import { type ReportFormat, renderReport, reportFormats } from '../../../../verdict/render/index.js';
import { defineOperation, describeRoutes } from '../../define-operation.js';
import type { ControlKit } from '../../kit.js';

const FORMATS = Object.keys(reportFormats) as [ReportFormat, ...ReportFormat[]];
const DEFAULT_FORMAT: ReportFormat = 'json';
/** A report that is a page runs no script, loads nothing, and cannot be framed. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const routes = describeRoutes(({ createRoute, json, problems, z, reportSchema }) => {
  const query = z.strictObject({
    format: z
      .enum(FORMATS, { error: `is not a format; write ${FORMATS.slice(0, -1).join(', ')} or ${FORMATS.at(-1)}` })
      .optional()
      .openapi({
        param: { name: 'format', in: 'query' },
        description: 'Format of the report; overrides Accept',
        example: 'junit',
      }),
    ended: z
      .enum(['true', 'false'], { error: 'is neither true nor false; write ended=true, or leave it out' })
      .optional()
      .openapi({
        param: { name: 'ended', in: 'query' },
        description:
          'Whether no more requests will follow. A refused call that was not retried then counts as given up',
        example: 'true',
      }),
    failOn: z
      .enum(['error', 'warn'], { error: 'is neither error nor warn; write failOn=warn, or leave it out' })
      .optional()
      .openapi({
        param: { name: 'failOn', in: 'query' },
        description: 'Lowest severity of a finding that counts as a failure, in formats with failures; default: error',
        example: 'warn',
      }),
  });

  /** All formats except JSON are text. The types of the handler need only one of them. */
  const asText = Object.fromEntries(
    FORMATS.filter((format) => format !== DEFAULT_FORMAT).map((format) => [
      reportFormats[format].mediaType,
      { schema: z.string().openapi({ description: `The report as ${format}` }) },
    ]),
  ) as { 'text/plain': { schema: Z.ZodString } };

  const getReport = createRoute({
    method: 'get',
    path: '/report',
    operationId: 'getReport',
    tags: ['journal'],
    summary: 'Judge the clients',
    description: `Checks the journal against the advice of the providers: retries that came too early, requests sent with no quota left, wasted requests; and computes the figures of the run. As JSON, as text for people, as Markdown for a job summary, as an HTML page with pictures, as JUnit XML for test results, or as SARIF for code scanning: by format, or by Accept (${FORMATS.map((format) => reportFormats[format].mediaType).join(', ')}).`,
    request: { query },
    responses: {
      200: {
        description: 'The report',
        content: { ...json(reportSchema, '').content, ...asText },
      },
      ...problems(400),
    },
  });

  return { getReport };
});

/** Judges the clients of a sandbox. */
export const report = defineOperation({
  run: ({ sandbox, reportOf }, options?: ReportOptions) => reportOf(sandbox, options),
  http: (kit) =>
    kit.call(routes(kit).getReport, async (c) => {
      const { ended, failOn, format = accepted(kit, c) } = c.req.valid('query');
      const result = await kit.reportInTurns(c.env.sandbox, { ended: ended === 'true' });
      if (format === 'json') return c.json(result, 200);
      const { mediaType } = reportFormats[format];
      const text = renderReport(result, format, { failOn, requests: c.env.sandbox.journal.entries() });
      const type = mediaType.startsWith('text/') ? `${mediaType}; charset=UTF-8` : mediaType;
      return c.text(text, 200, { 'Content-Type': type, ...(format === 'html' ? PAGE_HEADERS : {}) });
    }),
});

function accepted(kit: ControlKit, c: Context): ReportFormat {
  const supports = [DEFAULT_FORMAT, ...FORMATS.filter((format) => format !== DEFAULT_FORMAT)].map(
    (format) => reportFormats[format].mediaType,
  );
  const type = kit.accepts(c, { header: 'Accept', supports, default: reportFormats[DEFAULT_FORMAT].mediaType });
  return FORMATS.find((format) => reportFormats[format].mediaType === type) ?? DEFAULT_FORMAT;
}
