/**
 * Fields of forms, each with its label.
 * @module
 */

type SetValue = (value: string) => void;
const textOf = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** A field for a text. */
export function Field({
  label,
  value,
  placeholder,
  pattern,
  required,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly required?: boolean;
  readonly onChange: SetValue;
}) {
  return (
    <label class="field">
      {label}
      <input
        type="text"
        aria-label={label}
        value={value}
        placeholder={placeholder}
        pattern={pattern}
        required={required}
        autocomplete="off"
        spellcheck={false}
        onInput={(event: Event) => onChange(textOf(event))}
      />
    </label>
  );
}

/** A field for a number. */
export function NumberField({
  label,
  value,
  min,
  max,
  optional = false,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly min: number;
  readonly max?: number;
  readonly optional?: boolean;
  readonly onChange: SetValue;
}) {
  return (
    <label class="field">
      {label}
      <input
        type="number"
        aria-label={label}
        step="any"
        value={value}
        min={min}
        max={max}
        required={!optional}
        onInput={(event: Event) => onChange(textOf(event))}
      />
    </label>
  );
}

/** A field for one of several values, each with its words. */
export function SelectField({
  label,
  value,
  options,
  isWide = false,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  /** Whether it takes the whole width of the form. */
  readonly isWide?: boolean;
  readonly onChange: SetValue;
}) {
  return (
    <label class={isWide ? 'field wide' : 'field'}>
      {label}
      <select aria-label={label} value={value} onChange={(event: Event) => onChange(textOf(event))}>
        {options.map(([one, words]) => (
          <option key={one} value={one} selected={one === value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
