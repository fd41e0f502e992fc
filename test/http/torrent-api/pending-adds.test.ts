import { expect, test } from 'vitest'
import { PendingAdds } from '../../../src/http/torrent-api/pending-adds.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'

function pendingTorrent(): { session: FakeSession; torrent: FakeTorrent } {
  const session = new FakeSession()
  const torrent = new FakeTorrent(4, 'film.mkv', [])
  session.torrents.push(torrent)
  torrent.metadata = () => Promise.reject(new TorrentError('timeout', 'no metadata'))
  return { session, torrent }
}

test('a new torrent whose metadata does not come is gone when who waited is told', async () => {
  const { session, torrent } = pendingTorrent()
  const gone = new AbortController().signal
  const waiting = new PendingAdds(session).wait({ torrent, isNew: true }, { timeoutMs: 100, gone })
  await expect(waiting).rejects.toMatchObject({ kind: 'timeout' })
  expect(session.torrents).toHaveLength(0)
  expect(session.persisted).toEqual([])
})

test('it stays, also for later runs, when who waited has left and believes that it is looked for', async () => {
  const { session, torrent } = pendingTorrent()
  const client = new AbortController()
  let timeOut = (): void => {}
  torrent.metadata = () =>
    new Promise<void>((_, reject) => {
      timeOut = () => reject(new TorrentError('timeout', 'no metadata'))
    })
  const waiting = new PendingAdds(session).wait(
    { torrent, isNew: true },
    { timeoutMs: 100, gone: client.signal },
  )
  client.abort()
  expect(session.persisted).toEqual([torrent])
  timeOut()
  await expect(waiting).rejects.toMatchObject({ kind: 'timeout' })
  expect(session.torrents).toHaveLength(1)
})

test('it is on the disk before who waited is told that it is there', async () => {
  const { session, torrent } = pendingTorrent()
  torrent.metadata = () => Promise.resolve()
  const gone = new AbortController().signal
  await new PendingAdds(session).wait({ torrent, isNew: true }, { timeoutMs: 100, gone })
  expect(session.persisted).toEqual([torrent])
})
