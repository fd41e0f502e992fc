import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly values: readonly Value[]
  readonly textOf: (value: Value) => string
  readonly chosen: Signal<Value>
}

/** One of a few. */
export function Choice<Value extends string>({
  label,
  values,
  textOf,
  chosen,
}: ChoiceProps<Value>): JSX.Element {
  return (
    <select
      aria-label={label}
      value={chosen.value}
      onChange={({ currentTarget }) => {
        chosen.value = values.find((value) => value === currentTarget.value) ?? chosen.value
      }}
    >
      {values.map((value) => (
        <option key={value} value={value}>
          {textOf(value)}
        </option>
      ))}
    </select>
  )
}
