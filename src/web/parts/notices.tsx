import type { JSX } from 'preact'
import { dismiss, notices } from '../state/notices.ts'
import { t } from '../text/text.ts'
import { IconButton } from './icon.tsx'

/** What has just been done or has failed, told to screen readers as it appears. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <p key={id} class={`notice ${kind}`}>
          <span>{text}</span>
          <IconButton icon="close" label={t('close')} onClick={() => dismiss(id)} />
        </p>
      ))}
    </div>
  )
}
