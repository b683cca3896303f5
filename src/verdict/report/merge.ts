/**
 * Reports on several sandboxes as one.
 * @module
 */
import type { Report } from './report.js';
import { worst } from './worst.js';

/** @param reports by the sandbox's name, which is added to the profiles' titles; empty for the one without */
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
