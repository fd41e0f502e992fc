import { expect, test } from 'vitest'
import { PendingAdds } from '../../../src/http/torrent-api/pending-adds.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'

test.each([
  ['is gone when who waited is told', true, 0],
  ['stays when who waited has left, and believes that it is looked for', false, 1],
])('a new torrent whose metadata does not come %s', async (_, isHeard, left) => {
  const session = new FakeSession()
  const torrent = new FakeTorrent(4, 'film.mkv', [])
  session.torrents.push(torrent)
  torrent.metadata = () => Promise.reject(new TorrentError('timeout', 'no metadata'))
  const waiting = new PendingAdds(session).wait(
    { torrent, isNew: true },
    { timeoutMs: 100, isHeard: () => isHeard },
  )
  await expect(waiting).rejects.toMatchObject({ kind: 'timeout' })
  expect(session.torrents).toHaveLength(left)
})
