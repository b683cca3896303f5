/**
 * Fields of forms, each with its label.
 * @module
 */

type Set = (value: string) => void;
const valueOf = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** A field for a text. */
export function Field({ label, value, placeholder, pattern, required, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly required?: boolean;
  readonly onChange: Set;
}) {
  return (
    <label class="field">
      {label}
      <input
        type="text"
        value={value}
        placeholder={placeholder}
        pattern={pattern}
        required={required}
        autocomplete="off"
        spellcheck={false}
        onInput={(event: Event) => onChange(valueOf(event))}
      />
    </label>
  );
}

/** A field for a number. */
export function NumberField({ label, value, min, max, optional = false, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly min: number;
  readonly max?: number;
  readonly optional?: boolean;
  readonly onChange: Set;
}) {
  return (
    <label class="field">
      {label}
      <input type="number" step="any" value={value} min={min} max={max} required={!optional} onInput={(event: Event) => onChange(valueOf(event))} />
    </label>
  );
}

/** A field for one of several values, each with its words. */
export function SelectField({ label, value, options, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange: Set;
}) {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event: Event) => onChange(valueOf(event))}>
        {options.map(([one, words]) => (
          <option key={one} value={one} selected={one === value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
