/**
 * The tables of README.md, docs/providers.md and docs/checks.md, made from the profiles.
 * @module
 */
import { policyInWords } from '../../src/limits/policy.js';
import { adviceOf } from '../../src/profile/compiled/advice.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import { numbersInWords } from '../../src/profile/explain/advice.js';
import { builtInProfiles, catalogueProfiles } from '../../src/profile/locate.js';
import { loadedProvider } from '../helpers/providers.js';

function providers(): Provider[] {
  return builtInProfiles().map((id) => loadedProvider(id));
}

/** A line for each provider: its limits in a few words. */
export function summaryTable(): string {
  const rows = providers().map(({ profile, policies }) => {
    const limits = policies.flatMap((policy) => {
      const rule = policyInWords(policy);
      const by = policy.partitionBy.join(' and ') || 'everybody';
      if (rule === undefined) return [];
      // What is in brackets explains the algorithm; docs/providers.md has it.
      return [`${rule.replace(/ \([^)]*\)/, '')}, per ${by}`];
    });
    return `| **${profile.title}** | \`${profile.id}\` | ${profile.baseUrl} | ${limits.join('<br>')} |`;
  });
  return ['| provider | id | stands in for | limits |', '|---|---|---|---|', ...rows].join('\n');
}

/** The catalogue: each provider with its limits, plans and variants. */
export function catalogueTable(): string {
  const rows = catalogueProfiles().map((id) => {
    const { profile, policies } = loadedProvider(id);
    const limits = policies.flatMap((policy) => {
      const rule = policyInWords(policy);
      return rule === undefined
        ? []
        : [`\`${policy.id}\`: ${rule}, per ${policy.partitionBy.join(' and ') || 'everybody'}`];
    });
    const names = (of: object) =>
      Object.keys(of)
        .map((name) => `\`${name}\``)
        .join(', ') || '–';
    const cells = [
      `**${profile.title}** \`${id}\``,
      limits.join('<br>'),
      names(profile.plans),
      names(profile.variants),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| provider | policies | plans | variants |', '|---|---|---|---|', ...rows].join('\n');
}

/** Every plan of every provider: its own quotas, and whether it has access at all. */
export function plansTable(): string {
  const rows = providers().flatMap(({ profile }) =>
    Object.entries(profile.plans).map(([id, plan]) => {
      const quotas = Object.entries(plan.quotas).map(([policy, quota]) => `\`${policy}\`: ${quota}`);
      const denied = plan.denied === undefined ? [] : [`no access (\`${plan.denied}\`)`];
      const standard = profile.accounts.plan === id ? ' (default)' : '';
      const limits = [...quotas, ...denied].join('; ') || "the policies' own quotas";
      return `| \`${profile.id}\` | \`${id}\`${standard} | ${limits} | ${plan.evidence.level} |`;
    }),
  );
  return ['| profile | plan | quotas | evidence |', '|---|---|---|---|', ...rows].join('\n');
}

/** Each provider with its policies and plans. */
export function providersTable(): string {
  const rows = providers().map((provider) => {
    const { profile, document, policies } = provider;
    const limits = policies.map((policy) => {
      const rule = policyInWords(policy);
      const by = policy.partitionBy.join(' and ') || 'everybody';
      if (rule === undefined) return `\`${policy.id}\`: off unless an account sets it, per ${by}`;
      return `\`${policy.id}\`: ${rule}, per ${by}`;
    });
    const plans = Object.keys(profile.plans).map((plan) => `\`${plan}\``);
    const first = document.operations[0]!.path.split('/').slice(0, 3).join('/');
    return `| **${profile.title}** \`${profile.id}\` | ${profile.baseUrl} (\`${first}/…\`, ${document.operations.length} operations) | ${limits.join('<br>')} | ${plans.join(', ')} |`;
  });
  return ['| provider | stands in for | policies (default readings) | plans |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

/** The credentials with a meaning of their own. */
export function fixturesTable(): string {
  const rows = providers().flatMap(({ profile }) =>
    profile.fixtures.map(({ key, says }) => `| \`${profile.id}\` | \`${key}\` | ${says} |`),
  );
  return ['| profile | credential | what it is for |', '|---|---|---|', ...rows].join('\n');
}

/** Other readings of the documents. */
export function variantsTable(): string {
  const rows = providers().flatMap(({ profile }) =>
    Object.entries(profile.variants).map(
      ([name, { says, evidence }]) => `| \`${profile.id}:${name}\` | ${says} | ${evidence.level} |`,
    ),
  );
  return ['| variant | reading | evidence |', '|---|---|---|', ...rows].join('\n');
}

/** By provider, in the order of the checks. */
export function adviceTable(): string {
  const rows = providers().flatMap(({ profile }) =>
    adviceOf(profile).map((advice) => {
      const { check, severity, reported } = advice;
      const { says, level, note, source } = reported;
      const page = source ? ` (${source.url === undefined ? source.title : `[${source.title}](${source.url})`})` : '';
      const evidence = `${level}${page}${note === undefined ? '' : `; ${note}`}`;
      return `| \`${profile.id}\` | \`${check}\` | ${severity} | ${says} | ${numbersInWords(advice) || '–'} | ${evidence} |`;
    }),
  );
  return [
    '| profile | check | severity | what is asked of a client | judged by | evidence |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
