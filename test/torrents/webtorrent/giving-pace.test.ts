import { expect, it, onTestFinished } from 'vitest'
import { steadyClock } from '../../../src/clock.ts'
import { silentLogger } from '../../../src/log.ts'
import { Throttle } from '../../../src/torrents/rates/throttle.ts'
import { LEAST_GIVEN } from '../../../src/torrents/uploads/giving-pace.ts'
import { openSwarmClient } from '../../../src/torrents/webtorrent/swarm-client.ts'
import { Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'

const infoHash = 'ab'.repeat(20)
const metadata = {
  ...{ infoBytes: Buffer.from('de'), pieceCount: 4, pieceLength: 32_768, length: 131_072 },
  isPrivate: false,
}
const BLOCK = message(Id.piece, numbers([0, 0], Buffer.alloc(16_384)))

it.each([
  ['lets us ask', message(Id.unchoke), LEAST_GIVEN],
  ['chokes us', message(Id.choke), Number.POSITIVE_INFINITY],
])('a leecher that gives and %s is given at this pace', async (_, choke, pace) => {
  const client = await openSwarmClient({
    ...{ port: 0, dht: false, lsd: false, trackers: false, portForward: false },
    ...{ clock: steadyClock, log: silentLogger() },
  })
  onTestFinished(() => client.close())
  const throttle = new Throttle(steadyClock)
  onTestFinished(() => throttle.close())
  const uploads = throttle.group()
  const facts = { infoHash, metadata, trackers: [], uploads }
  let arrived = 0
  const swarm = client.join(facts, {
    wires: { wireEvent: () => {}, block: () => arrived++ },
    metadata: () => {},
    failed: () => {},
    readBlock: () => Promise.reject(new Error('nothing is here')),
    progress: () => ({ downloadedBytes: 0, leftBytes: null }),
  })
  swarm.begin(Buffer.from([0]))
  const peer = await RawPeer.connect(client.port, infoHash, choke)
  const sending = setInterval(() => peer.send(BLOCK), 50)
  onTestFinished(() => clearInterval(sending))
  await expect.poll(() => arrived).toBeGreaterThan(3)
  expect(uploads.paceBytesPerSecond).toBe(pace)
})
