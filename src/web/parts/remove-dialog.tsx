import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TorrentItem } from '../api/torrent-types.ts'
import { takeAway } from '../state/torrent-actions.ts'
import { bytes, t } from '../text/text.ts'
import { Dialog } from './dialog.tsx'
import { Progress } from './progress.tsx'

interface RemoveDialogProps {
  readonly item: TorrentItem
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** Nothing is removed, and no file deleted, without this. */
export function RemoveDialog({ item, onClose, onRemoved }: RemoveDialogProps): JSX.Element {
  const [isBusy, setBusy] = useState(false)
  const remove = async (withFiles: boolean): Promise<void> => {
    setBusy(true)
    const isGone = await takeAway(item, { withFiles })
    setBusy(false)
    onClose()
    if (isGone) onRemoved()
  }
  const name = item.name ?? item.info_hash
  const size = bytes(item.stats.progress_bytes)
  return (
    <Dialog title={t('remove.title', { name })} onClose={onClose}>
      <p>{t('remove.text', { size, folder: item.output_folder })}</p>
      {isBusy && <Progress label={t('remove')} share={null} />}
      <div class="actions">
        <button type="button" disabled={isBusy} onClick={() => void remove(false)}>
          {t('remove.keep')}
        </button>
        <button type="button" class="danger" disabled={isBusy} onClick={() => void remove(true)}>
          {t('remove.delete', { size })}
        </button>
        <button type="button" onClick={onClose}>
          {t('cancel')}
        </button>
      </div>
    </Dialog>
  )
}
