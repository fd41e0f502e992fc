import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { t } from '../text/text.ts'
import { Icon } from './icon.tsx'

interface SearchFieldProps {
  /** What is searched, for those who do not see where it stands. */
  readonly label: string
  readonly text: Signal<string>
}

/** What somebody types to find fewer. */
export function SearchField({ label, text }: SearchFieldProps): JSX.Element {
  return (
    <label class="search">
      <Icon name="search" size={18} />
      <input
        type="search"
        placeholder={t('search')}
        aria-label={label}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
        }}
      />
    </label>
  )
}
