import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import type { InfoHash } from '../../../src/torrents/metainfo/info-hash.ts'
import { NO_LIMITS } from '../../../src/torrents/rates/limits.ts'
import { SessionLimits } from '../../../src/torrents/session/session-limits.ts'
import { SwarmPresence } from '../../../src/torrents/torrent/swarm-presence.ts'
import { FakeSwarms } from '../../helpers/fake-swarms.ts'

const INFO_HASH = 'ab'.repeat(20) as InfoHash

/** A torrent without metadata. */
function presence(): { torrent: SwarmPresence; swarms: FakeSwarms; told: unknown[] } {
  const swarms = new FakeSwarms()
  const limits = new SessionLimits(NO_LIMITS)
  onTestFinished(() => limits.close())
  const told: unknown[] = []
  const torrent = new SwarmPresence(
    {
      host: { swarms, throttles: limits.ofTorrent(), webSeeds: null },
      ...{ condition: { log: silentLogger() }, content: null },
      opening: { metadataFromPeers: async (infoBytes) => void told.push(infoBytes) },
      fail: (error) => void told.push(error),
    },
    {
      ...{ id: 1, infoHash: INFO_HASH, addedAt: new Date(0), isPaused: false },
      ...{ onlyFiles: null, outputFolder: null, wantedFolder: null, adopt: false, name: null },
      ...{ trackers: [], exactSources: [], peers: [] },
    },
  )
  return { torrent, swarms, told }
}

/** The swarm takes until the returned function is called to close. */
function closesLate(swarms: FakeSwarms): () => void {
  let close = (): void => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  swarms.of(INFO_HASH).close = () => closed
  return close
}

it('has left when each swarm is left, those as well that were left meanwhile', async () => {
  const { torrent, swarms } = presence()
  let hasLeft = false
  torrent.membership.join(null)
  const closeFirst = closesLate(swarms)
  void torrent.leave()
  const left = torrent.left().then(() => {
    hasLeft = true
  })
  torrent.membership.join(null)
  const closeSecond = closesLate(swarms)
  void torrent.leave()
  closeFirst()
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  expect(hasLeft).toBe(false)
  closeSecond()
  await left
  expect(swarms.joined).toHaveLength(2)
})

it('passes on what comes from the swarm, and has nothing to give before files are open', async () => {
  const { torrent, swarms, told } = presence()
  torrent.membership.join(null)
  const { listener } = swarms.of(INFO_HASH)
  const [infoBytes, lost] = [Buffer.from('d4:name1:ae'), new Error('the swarm is lost')]
  listener.metadata(infoBytes)
  listener.failed(lost)
  expect(told).toEqual([infoBytes, lost])
  expect(listener.progress()).toEqual({ downloadedBytes: 0, leftBytes: null })
  await expect(listener.readBlock(0, 0, new Uint8Array(1))).rejects.toThrow('nothing is here yet')
})
