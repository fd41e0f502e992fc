import type { JSX } from 'preact'
import { renderers } from '../state/live.ts'
import { type MediaFile, mediaDialog } from '../state/media-dialog.ts'
import { t } from '../text/text.ts'
import { Icon } from './icon.tsx'

interface PlayOnButtonProps {
  readonly media: MediaFile
  readonly class?: string
}

/** Asks on which TV; nothing where the server finds none. */
export function PlayOnButton({ media, ...button }: PlayOnButtonProps): JSX.Element | null {
  if (renderers.value === null) return null
  return (
    <button
      type="button"
      {...button}
      onClick={() => {
        mediaDialog.value = { kind: 'play-on', media }
      }}
    >
      <Icon name="cast" size={18} /> {t('play.on.short')}
    </button>
  )
}
