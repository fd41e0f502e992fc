import { expect, it, onTestFinished } from 'vitest'
import { steadyClock } from '../../../src/clock.ts'
import { silentLogger } from '../../../src/log.ts'
import type { DhtPort, DiscoveryPorts } from '../../../src/torrents/discovery/discovery.ts'
import { MetadataRoom } from '../../../src/torrents/extensions/metadata-room.ts'
import { parseInfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { EarlyWires } from '../../../src/torrents/swarm/early-wires.ts'
import type { SwarmListener } from '../../../src/torrents/swarm/swarm.ts'
import { SwarmTraffic } from '../../../src/torrents/swarm/swarm-traffic.ts'
import { UploadSlots } from '../../../src/torrents/uploads/upload-slots.ts'
import { WebTorrentSwarm } from '../../../src/torrents/webtorrent/swarm.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'
import { openSeeder } from '../../helpers/sessions.ts'
import { openClient } from '../../helpers/webtorrent-client.ts'

/** Counts who is looking for peers. */
class Looking implements DhtPort {
  count = 0

  announce(): () => void {
    this.count++
    return () => this.count--
  }
}

function torrentFile(isPrivate: boolean): ReturnType<typeof makeTorrent> {
  const files = [{ path: ['film.mkv'], data: Buffer.alloc(50_000, 1) }]
  const fixture = makeTorrent('film.mkv', files)
  if (!isPrivate) return fixture
  // The flag is a part of the info dictionary (BEP 27).
  const text = Buffer.from(fixture.torrentFile).toString('latin1').replace(/ee$/, '7:privatei1eee')
  return { ...fixture, torrentFile: Buffer.from(text, 'latin1') }
}

it.each([
  [true, 0],
  [false, 2],
])('a magnet whose metadata says private: %s leaves %d searches', async (isPrivate, left) => {
  const { torrent, address } = await openSeeder(torrentFile(isPrivate))
  expect(torrent.infoHash).toHaveLength(40)
  const [dht, lsd] = [new Looking(), new Looking()]
  const ports: DiscoveryPorts = {
    ...{ trackers: null, dht, lsd, clock: steadyClock, random: Math.random, key: 1 },
  }
  const client = await openClient()
  const facts = { infoHash: torrent.infoHash, metadata: null, trackers: [] }
  const shared = {
    ...{ clock: steadyClock, log: silentLogger() },
    slots: new UploadSlots(),
    metadataRoom: new MetadataRoom(),
    discovery: ports,
    traffic: new SwarmTraffic(() => 0),
    binding: null,
  }
  await new Promise<void>((resolve) => {
    const listener: SwarmListener = {
      wires: new EarlyWires(),
      metadata: (infoBytes: Uint8Array) => {
        const { pieceCount, pieceLength, length, isPrivate } = parseInfo(infoBytes)
        swarm.setMetadata({ infoBytes, pieceCount, pieceLength, length, isPrivate })
        resolve()
      },
      failed: () => {},
      readBlock: () => Promise.reject(new Error('nothing is here')),
      progress: () => ({ downloadedBytes: 0, leftBytes: null }),
    }
    const swarm = new WebTorrentSwarm(client, facts, listener, shared)
    onTestFinished(() => swarm.close())
    const meetOnceLooking = (): void => {
      if (dht.count + lsd.count === 2) swarm.addPeer(address)
      else setImmediate(meetOnceLooking)
    }
    meetOnceLooking()
  })
  expect(dht.count + lsd.count).toBe(left)
})
