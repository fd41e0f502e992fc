import type { JSX } from 'preact'
import { isOwnMachine } from '../logic/media-names.ts'
import { playlist } from '../logic/playlist.ts'
import { type MediaFile, mediaDialog } from '../state/media-dialog.ts'
import { t } from '../text/text.ts'
import { copyText, saveText } from './clipboard.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'
import { PlayOnDialog } from './play-on-dialog.tsx'
import { QrCode } from './qr-code.tsx'

/** Whichever of the two is open. */
export function MediaDialogs(): JSX.Element | null {
  const open = mediaDialog.value
  if (open === null) return null
  const close = (): void => {
    mediaDialog.value = null
  }
  return open.kind === 'share' ? (
    <ShareDialog media={open.media} onClose={close} />
  ) : (
    <PlayOnDialog media={open.media} onClose={close} />
  )
}

interface ShareDialogProps {
  readonly media: MediaFile
  readonly onClose: () => void
}

/** The ways out of the browser: another player, another device. */
function ShareDialog({ media, onClose }: ShareDialogProps): JSX.Element {
  const { title, streamUrl } = media
  return (
    <Dialog title={t('share.title', { title })} onClose={onClose}>
      <div class="actions">
        <button type="button" onClick={() => openInPlayer([media], title)}>
          <Icon name="play" size={18} /> {t('share.vlc')}
        </button>
        <button type="button" onClick={() => void copyText(streamUrl)}>
          <Icon name="copy" size={18} /> {t('share.copy')}
        </button>
        <a class="button" href={streamUrl} download="">
          <Icon name="download" size={18} /> {t('share.download')}
        </a>
      </div>
      <p class="address">
        <code>{streamUrl}</code>
      </p>
      {isOwnMachine(new URL(streamUrl).hostname) && <p class="hint">{t('share.own.machine')}</p>}
      <QrCode text={streamUrl} label={t('share.qr', { title })} />
      <p class="hint">{t('share.qr.hint')}</p>
    </Dialog>
  )
}

/** Gives a playlist to the browser, which opens it with VLC or whatever is there for it. */
export function openInPlayer(files: readonly MediaFile[], name: string): void {
  const text = playlist(
    files.map(({ title, durationS, streamUrl }) => ({
      title,
      seconds: durationS ?? -1,
      url: streamUrl,
    })),
  )
  saveText(text, `${name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim()}.m3u8`, 'audio/x-mpegurl')
}
