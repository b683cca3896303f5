/**
 * Whether the clients behaved: the verdict, in any of the formats.
 * @module
 */
import { createRoute, z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { type ReportFormat, renderReport, reportFormats } from '../../../verdict/render/index.js';
import { call, json, problems } from '../env.js';
import { reportSchema } from '../views/report.js';

const FORMATS = Object.keys(reportFormats) as [ReportFormat, ...ReportFormat[]];
const USUAL: ReportFormat = 'json';

const query = z.strictObject({
  format: z
    .enum(FORMATS, { error: `is not a format; write ${FORMATS.slice(0, -1).join(', ')} or ${FORMATS.at(-1)}` })
    .optional()
    .openapi({
      param: { name: 'format', in: 'query' },
      description: 'What it is written as, whatever the client accepts',
      example: 'junit',
    }),
  ended: z
    .enum(['true', 'false'], { error: 'is neither true nor false; write ended=true, or leave it out' })
    .optional()
    .openapi({
      param: { name: 'ended', in: 'query' },
      description:
        'Whether nobody will call any more: what was refused and has not been asked again by now has then been given up',
      example: 'true',
    }),
  failOn: z
    .enum(['error', 'warn'], { error: 'is neither error nor warn; write failOn=warn, or leave it out' })
    .optional()
    .openapi({
      param: { name: 'failOn', in: 'query' },
      description: 'From which severity on a finding is a failure, in formats that know failures; error when left out',
      example: 'warn',
    }),
});

/** All but JSON are text; for the types of the handler it is all one which. */
const asText = Object.fromEntries(
  FORMATS.filter((format) => format !== USUAL).map((format) => [
    reportFormats[format].mediaType,
    { schema: z.string().openapi({ description: `The report as ${format}` }) },
  ]),
) as { 'text/plain': { schema: z.ZodString } };

const getReport = createRoute({
  method: 'get',
  path: '/report',
  operationId: 'getReport',
  tags: ['journal'],
  summary: 'Judge the clients',
  description: `What the providers advise, checked against the journal: who came back too early, sent on with nothing left, wasted requests; and what the run came to in numbers. As JSON, as text for people, as Markdown for the summary of a job, as JUnit's XML for its test results, or as SARIF for code scanning: by format, or by what the client accepts (${FORMATS.map((format) => reportFormats[format].mediaType).join(', ')}).`,
  request: { query },
  responses: {
    200: {
      description: 'The report',
      content: { ...json(reportSchema, '').content, ...asText },
    },
    ...problems(400),
  },
});

export const reportCalls = [
  call(getReport, async (c) => {
    const { format = accepted(c), ended, failOn } = c.req.valid('query');
    const { sandbox } = c.env;
    // Loaded when it is first asked for: see there.
    const { reportOf } = await import('../../../sandbox/verdict/report.js');
    const report = reportOf(sandbox, { ended: ended === 'true' });
    if (format === 'json') return c.json(report, 200);
    const { mediaType } = reportFormats[format];
    const text = renderReport(report, format, { failOn, requests: sandbox.journal.entries() });
    const type = mediaType.startsWith('text/') ? `${mediaType}; charset=UTF-8` : mediaType;
    return c.text(text, 200, { 'Content-Type': type });
  }),
];

function accepted(c: Parameters<typeof accepts>[0]): ReportFormat {
  const supports = [USUAL, ...FORMATS.filter((format) => format !== USUAL)].map(
    (format) => reportFormats[format].mediaType,
  );
  const type = accepts(c, { header: 'Accept', supports, default: reportFormats[USUAL].mediaType });
  return FORMATS.find((format) => reportFormats[format].mediaType === type) ?? USUAL;
}
