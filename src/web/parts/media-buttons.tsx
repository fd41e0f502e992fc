import type { JSX } from 'preact'
import { routeHash } from '../logic/routes.ts'
import { renderers } from '../state/live.ts'
import { type MediaFile, mediaDialog } from '../state/media-dialog.ts'
import { t } from '../text/text.ts'
import { Icon, IconButton } from './icon.tsx'

/** Play here, play on a TV, or take it elsewhere. */
export function MediaButtons({ media }: { media: MediaFile }): JSX.Element {
  const { infoHash, fileIndex, title } = media
  return (
    <span class="media-buttons">
      <a
        class="icon-button"
        href={routeHash({ kind: 'play', infoHash, fileIndex })}
        aria-label={t('play.file', { title })}
        title={t('play.file', { title })}
      >
        <Icon name="play" />
      </a>
      {renderers.value !== null && (
        <IconButton
          icon="cast"
          label={t('play.on', { title })}
          onClick={() => {
            mediaDialog.value = { kind: 'play-on', media }
          }}
        />
      )}
      <IconButton
        icon="qr"
        label={t('share', { title })}
        onClick={() => {
          mediaDialog.value = { kind: 'share', media }
        }}
      />
    </span>
  )
}
