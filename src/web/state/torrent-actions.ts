import { sendJson } from '../api/request.ts'
import type { TorrentItem } from '../api/torrent-types.ts'
import { t } from '../text/text.ts'
import { refreshAfterChange } from './live.ts'
import { attempt, notify } from './notices.ts'
import { removeTorrent } from './torrents.ts'

/** Pauses, starts or checks a torrent again. */
export async function changeTorrent(
  { id }: Pick<TorrentItem, 'id'>,
  change: 'pause' | 'start' | 'recheck',
): Promise<boolean> {
  return await attempt(async () => {
    await sendJson('POST', `torrents/${id}/${change}`)
    await refreshAfterChange()
  })
}

/** @returns whether it is gone */
export async function takeAway(
  { id, name, info_hash }: Pick<TorrentItem, 'id' | 'name' | 'info_hash'>,
  { withFiles }: { readonly withFiles: boolean },
): Promise<boolean> {
  return await attempt(
    async () => {
      const answer = await sendJson<{ not_deleted?: readonly unknown[] }>(
        'POST',
        `torrents/${id}/${withFiles ? 'delete' : 'forget'}`,
      )
      const left = answer.not_deleted?.length ?? 0
      if (left > 0) notify('failed', t('remove.left', { count: left }))
      removeTorrent(id)
    },
    t('remove.done', { name: name ?? info_hash }),
  )
}
