import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { getJson, serverUrl } from '../../api/request.ts'
import type { TorrentItem, Tracker } from '../../api/torrent-types.ts'
import { magnetUri } from '../../logic/magnet.ts'
import { statusOf } from '../../logic/torrent-status.ts'
import { copyText } from '../../parts/clipboard.ts'
import { Icon } from '../../parts/icon.tsx'
import { RemoveDialog } from '../../parts/remove-dialog.tsx'
import { WorkButton } from '../../parts/work-button.tsx'
import { changeTorrent } from '../../state/torrent-actions.ts'
import { t } from '../../text/text.ts'

interface TorrentActionsProps {
  readonly item: TorrentItem
  readonly onGone: () => void
}

/** What can be done with a whole torrent. */
export function TorrentActions({ item, onGone }: TorrentActionsProps): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const status = statusOf(item)
  const isStopped = status === 'paused' || status === 'error'
  const hasMetadata = status !== 'resolving'
  return (
    <div class="actions in-a-row">
      <WorkButton class="primary" onWork={() => changeTorrent(item, isStopped ? 'start' : 'pause')}>
        <Icon name={isStopped ? 'play' : 'pause'} size={18} /> {t(isStopped ? 'start' : 'pause')}
      </WorkButton>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        <Icon name="remove" size={18} /> {t('remove')}
      </button>
      <WorkButton disabled={!hasMetadata} onWork={() => changeTorrent(item, 'recheck')}>
        <Icon name="recheck" size={18} /> {t('recheck')}
      </WorkButton>
      <button type="button" onClick={() => void copyMagnet(item)}>
        <Icon name="copy" size={18} /> {t('copy.magnet')}
      </button>
      {hasMetadata && (
        <>
          <a class="button" href={serverUrl(`torrents/${item.id}/metadata`)} download="">
            <Icon name="download" size={18} /> {t('download.torrent')}
          </a>
          <a class="button" href={serverUrl(`torrents/${item.id}/playlist`)} download="">
            <Icon name="list" size={18} /> {t('playlist')}
          </a>
        </>
      )}
      {isAsking && <RemoveDialog item={item} onClose={() => setAsking(false)} onRemoved={onGone} />}
    </div>
  )
}

async function copyMagnet({ id, info_hash, name }: TorrentItem): Promise<void> {
  const trackers = await getJson<{ trackers: Tracker[] }>(`torrents/${id}/trackers`)
    .then((answer) => answer.trackers.map(({ url }) => url))
    .catch(() => []) // A magnet without trackers is one as well.
  await copyText(magnetUri(info_hash, name, trackers))
}
