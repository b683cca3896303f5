/**
 * docs/cli.md: every command with its arguments and flags, and every variable of the environment, made from the definitions of the commands.
 * @module
 */
import type { Argument, Command, Option } from 'commander';
import { VARIABLES } from '../../src/commands/flags/environment.js';
import { createProgram } from '../../src/commands/program.js';
import type { Io } from '../../src/commands/terminal/io.js';

/** No command is run for the reference. */
const NO_TERMINAL = {} as Io;

/** All commands but `help`, in the order in which `mock429 --help` lists them. */
export function commands(): readonly Command[] {
  return createProgram(NO_TERMINAL, () => {}).commands;
}

/** A section for each command. */
export function commandsReference(): string {
  const all = commands();
  const [serve] = all;
  return all.map((command) => section(command, command === serve ? [] : serve!.options)).join('\n\n');
}

/** The variables that commands read. */
export function variablesTable(): string {
  const rows = Object.entries(VARIABLES).map(([name, says]) => `| \`${name}\` | ${cell(says)} |`);
  return ['| variable | does |', '|---|---|', ...rows].join('\n');
}

/** @param former options that a section above has described; those of the same meaning are named only */
function section(command: Command, former: readonly Option[]): string {
  const name = command.name();
  const isFormer = (option: Option) =>
    former.some((other) => other.flags === option.flags && other.description === option.description);
  const own = command.options.filter((option) => !isFormer(option));
  const shared = command.options.filter(isFormer).map((option) => `\`${option.long}\``);
  return [
    `## mock429 ${name}`,
    `${capital(command.description())}.`,
    `\`\`\`sh\nmock429 ${name}${name === 'serve' ? ' [options]' : usage(command)}\n\`\`\``,
    ...table(['argument', 'description'], command.registeredArguments.map(argumentRow)),
    ...table(['flag', 'default', 'environment', 'description'], own.map(optionRow)),
    ...(shared.length === 0 ? [] : [`As of [\`serve\`](#mock429-serve): ${shared.join(', ')}.`]),
  ].join('\n\n');
}

function usage(command: Command): string {
  return ` ${command.usage()}`;
}

function argumentRow(argument: Argument): string[] {
  const name = argument.variadic ? `${argument.name()}…` : argument.name();
  return [`\`${argument.required ? `<${name}>` : `[${name}]`}\``, cell(argument.description)];
}

/** The help texts name the default and the variable at the end of the description. */
function optionRow(option: Option): string[] {
  const [, text = '', fallback = '', variables = ''] =
    /^(.*?)(?: \(default: ([^()]*)\))?(?: \[([^\]]*)\])?$/s.exec(option.description) ?? [];
  const value = fallback || (typeof option.defaultValue === 'string' ? option.defaultValue : '');
  return [
    `\`${option.flags.replaceAll('|', '\\|')}\``,
    value,
    variables
      .split(', ')
      .filter(Boolean)
      .map((name) => `\`${name}\``)
      .join(', '),
    cell(text),
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [[line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)].join('\n')];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
