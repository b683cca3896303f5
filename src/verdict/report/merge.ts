/**
 * Merges the reports of several sandboxes.
 * @module
 */
import type { Report } from './report.js';
import { worst } from './worst.js';

/**
 * Returns one report over all sandboxes, with the worst verdict. Profiles are not merged; the sandbox's name is appended to their titles.
 * @param reports with the sandbox's name, which is empty for the default sandbox
 */
export function mergeReports(reports: readonly { readonly name: string; readonly report: Report }[]): Report {
  const sum = (of: (report: Report) => number) => reports.reduce((total, { report }) => total + of(report), 0);
  return {
    verdict: worst(reports.map(({ report }) => report.verdict)),
    requests: { judged: sum(({ requests }) => requests.judged), lost: sum(({ requests }) => requests.lost) },
    profiles: reports.flatMap(({ name, report }) =>
      report.profiles.map((profile) =>
        name === '' ? profile : { ...profile, title: `${profile.title}, sandbox ${name}` },
      ),
    ),
  };
}
