import { answers, refusals, security } from './answers.js';
import { documents, schemas } from './documents.js';
import type { FeatureGroup } from './feature.js';
import { bodies, parameters } from './requests.js';

/** All features, in the order of the page. */
export const FEATURES: readonly FeatureGroup[] = [documents, schemas, parameters, bodies, answers, security, refusals];

const HANDLING = { served: 'served', checked: 'checked', ignored: 'ignored' };

/** The tables of docs/openapi.md. */
export function featureTables(): string {
  return FEATURES.map(({ title, features }) => {
    const rows = features.map(({ name, handling, note = '', warnings }) => {
      const warned = handling === 'ignored' && warnings !== undefined && !note.includes('warning');
      return `| ${name} | ${HANDLING[handling]} | ${note}${warned ? 'with a warning' : ''} |`;
    });
    return [`### ${title}`, '', '| feature | handling | remark |', '|---|---|---|', ...rows].join('\n');
  }).join('\n\n');
}
