import type { JSX } from 'preact'
import { reasonOf } from '../state/notices.ts'
import type { Loaded } from '../state/use-loaded.ts'
import { t } from '../text/text.ts'
import { Progress } from './progress.tsx'

interface WhenLoadedProps<Value> {
  readonly loaded: Loaded<Value>
  /** Why it failed; what the server says when absent. */
  readonly failure?: string | undefined
  readonly children: (value: Value) => JSX.Element
}

/** What was loaded, or why it is not there. */
export function WhenLoaded<Value>({
  loaded,
  failure,
  children,
}: WhenLoadedProps<Value>): JSX.Element {
  switch (loaded.kind) {
    case 'loading':
      return <Progress label={t('loading')} share={null} />
    case 'missing':
      return <p class="empty">{t('missing')}</p>
    case 'failed':
      return <p class="empty">{failure ?? reasonOf(loaded.error)}</p>
    case 'there':
      return children(loaded.value)
  }
}
