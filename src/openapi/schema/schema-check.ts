/**
 * The check of one schema.
 * @module
 */

/** Validates a value, and fills in defaults. */
export interface SchemaCheck {
  (value: unknown): boolean;
  /** The errors of the last call. */
  errors?: readonly SchemaFault[] | null;
}

/** An error, in the form in which Ajv reports it. */
export interface SchemaFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** The schema that has the keyword, and the value that it is about; only from a compiler that explains. */
  readonly parentSchema?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** Is told about a schema that cannot be compiled. @param pointer where it is @param problem the compiler's message */
export type OnUncheckable = (pointer: string, problem: string) => void;
