import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { getJson } from '../api/request.ts'
import { atAddress, isOwnMachine } from '../logic/media-names.ts'
import type { MediaFile } from '../state/media-dialog.ts'
import { t } from '../text/text.ts'
import { copyText } from './clipboard.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'
import { openInPlayer } from './open-in-player.ts'
import { QrCode } from './qr-code.tsx'

interface ShareDialogProps {
  readonly media: MediaFile
  readonly onClose: () => void
}

/** The ways out of the browser: another player, another device. */
export function ShareDialog({ media, onClose }: ShareDialogProps): JSX.Element {
  const { title, streamUrl } = media
  const isOwn = isOwnMachine(new URL(streamUrl).hostname)
  const addresses = useAddresses(isOwn)
  const [chosen, setChosen] = useState(0)
  const address = addresses?.[chosen]
  const url = address === undefined ? streamUrl : atAddress(streamUrl, address)
  return (
    <Dialog title={t('share.title', { title })} onClose={onClose}>
      <div class="actions">
        <button type="button" onClick={() => openInPlayer([media], title)}>
          <Icon name="play" size={18} /> {t('share.vlc')}
        </button>
        <button type="button" onClick={() => void copyText(url)}>
          <Icon name="copy" size={18} /> {t('share.copy')}
        </button>
        <a class="button" href={streamUrl} download="">
          <Icon name="download" size={18} /> {t('share.download')}
        </a>
      </div>
      {addresses !== null && addresses.length > 1 && (
        <label class="field">
          {t('share.address')}
          <select
            value={String(chosen)}
            onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}
          >
            {addresses.map((known, index) => (
              <option key={known} value={String(index)}>
                {new URL(known).host}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="address">
        <code>{url}</code>
      </p>
      {isOwn && addresses?.length === 0 && <p class="hint">{t('share.own.machine')}</p>}
      <QrCode text={url} label={t('share.qr', { title })} />
      <p class="hint">{t('share.qr.hint')}</p>
    </Dialog>
  )
}

/** How others reach a server whose page was opened as `localhost`; `null` until that is known, or needs none. */
function useAddresses(isWanted: boolean): readonly string[] | null {
  const [addresses, setAddresses] = useState<readonly string[] | null>(null)
  useEffect(() => {
    if (!isWanted) return
    getJson<{ addresses: readonly string[] }>('addresses').then(
      (answer) => setAddresses(answer.addresses),
      () => setAddresses([]), // An older server: the hint says what to do.
    )
  }, [isWanted])
  return addresses
}
