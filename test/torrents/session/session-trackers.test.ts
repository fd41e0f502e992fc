import { describe, expect, it } from 'vitest'
import { createLogger } from '../../../src/json-log.ts'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { announced, UdpTracker } from '../../helpers/udp-tracker.ts'
import { serve } from '../../helpers/web-server.ts'

const LENGTH = 100_000
const data = pseudoRandomBytes(LENGTH, 5)

function fixtureFor(announce: string, isPrivate = false): ReturnType<typeof makeTorrent> {
  const files = [{ path: ['film.mkv'], data }]
  return makeTorrent('film.mkv', files, 32 * 1024, {
    announce,
    ...(isPrivate ? { private: 1 } : {}),
  })
}

/** A tracker that names one peer. */
async function trackerOf(address: string): Promise<UdpTracker> {
  const port = Number(address.split(':')[1])
  const peer = [127, 0, 0, 1, port >> 8, port & 255]
  return await UdpTracker.open({
    onAnnounce: ({ transactionId }) => [announced(transactionId, peer)],
  })
}

describe('a session and its trackers', () => {
  it('finds peers of a magnet, and tells what is left, what has come, and the end', async () => {
    const { address, torrent: seed } = await openSeeder(fixtureFor('udp://127.0.0.1:0'))
    const tracker = await trackerOf(address)
    const session = await openSession({ trackers: true })
    const uri = `magnet:?xt=urn:btih:${seed.infoHash}&tr=${encodeURIComponent(tracker.url)}`
    const { torrent } = await session.add(uri)
    await until(session, () => torrent.stats().finished)
    const completed = await tracker.announce(2)
    await session.close()
    const stopped = await tracker.announce(3)
    expect(tracker.announces[0]).toMatchObject({ event: 2, left: 16_384n, downloaded: 0n })
    expect(completed).toMatchObject({ event: 1, left: 0n, port: session.peerPort })
    expect(Number(completed.downloaded)).toBeGreaterThanOrEqual(LENGTH)
    expect(stopped).toMatchObject({ event: 3, left: 0n, downloaded: completed.downloaded })
  })

  it('tells what is left of a torrent file, and that a pause is a stop', async () => {
    const tracker = await trackerOf('127.0.0.1:1')
    const session = await openSession({ trackers: true })
    const bytes = fixtureFor(tracker.url).torrentFile
    const { torrent } = await session.add({ kind: 'torrent-file', bytes })
    expect(await tracker.announce(1)).toMatchObject({ event: 2, left: BigInt(LENGTH) })
    await until(session, () => torrent.state.kind === 'live')
    await torrent.pause()
    expect(await tracker.announce(2)).toMatchObject({ event: 3, left: BigInt(LENGTH), numWant: 0 })
    await torrent.start()
    expect(await tracker.announce(3)).toMatchObject({ event: 2, left: BigInt(LENGTH) })
  })

  it('is a seed from the start where all is here, and says so once', async () => {
    const tracker = await trackerOf('127.0.0.1:1')
    const fixture = fixtureFor(tracker.url)
    const folder = await temporaryFolder()
    await storeFixture(folder, fixture)
    const session = await openSession({ folder, trackers: true })
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    await session.add(source, { overwrite: true })
    expect(await tracker.announce(1)).toMatchObject({ event: 2, left: 0n })
    await session.close()
    await tracker.announce(2)
    expect(tracker.announces.map(({ event }) => event)).toEqual([2, 3])
  })

  it.each(['udp://127.0.0.1:0', 'udp://127.0.0.1', 'udp://host:0/announce', 'http://127.0.0.1:0'])(
    'lives with %s, now and after a restart',
    async (announce) => {
      const folder = await temporaryFolder()
      const session = await openSession({ folder, trackers: true })
      const bytes = fixtureFor(announce).torrentFile
      const { torrent } = await session.add({ kind: 'torrent-file', bytes })
      const { infoHash } = torrent
      await until(session, () => torrent.state.kind === 'live')
      await session.close()
      const again = await openSession({ folder, trackers: true })
      await until(again, () => again.get(infoHash)?.state.kind === 'live')
    },
  )

  it('asks no exact source of a magnet that lies in a private network', async () => {
    let asked = 0
    const { url } = await serve((_, response) => {
      asked++
      response.end()
    })
    let isRefused = (): void => {}
    const refused = new Promise<void>((resolve) => (isRefused = resolve))
    const log = createLogger('debug', {
      write: (line) => {
        if (line.includes('it is in a private network')) isRefused()
      },
    })
    const session = await openSession({ log })
    const uri = `magnet:?xt=urn:btih:${'ab'.repeat(20)}&xs=${encodeURIComponent(`${url}/announce`)}`
    await session.add(uri)
    await refused
    expect(asked).toBe(0)
  })
})
