import { expect, it, onTestFinished } from 'vitest'
import { Throttle } from '../../../src/torrents/rates/throttle.ts'
import type { ChokablePeer } from '../../../src/torrents/uploads/choking.ts'
import { type GivingPeer, LEAST_GIVEN } from '../../../src/torrents/uploads/giving-pace.ts'
import { UploadSlots } from '../../../src/torrents/uploads/upload-slots.ts'
import { TorrentUploads } from '../../../src/torrents/webtorrent/torrent-uploads.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const metadata = {
  ...{ infoBytes: Buffer.from('de'), pieceCount: 4, pieceLength: 32_768, length: 120_000 },
  isPrivate: false,
}
const LEECHER: GivingPeer = { hasEverything: false, isChokingUs: false }

function open(): { uploads: TorrentUploads; clock: FakeClock } {
  const clock = new FakeClock()
  const limit = new Throttle(clock)
  onTestFinished(() => limit.close())
  const throttle = limit.group()
  const slots = new UploadSlots()
  const uploads = new TorrentUploads({ slots, throttle, peers: [LEECHER], clock })
  onTestFinished(() => uploads.close())
  return { uploads, clock }
}

it('offers what is here, from when that is known', () => {
  const { uploads } = open()
  expect(uploads.offer).toBe(null)
  uploads.gained(1)
  uploads.setHave(Uint8Array.of(0b1000_0000), metadata)
  const { offer } = uploads
  expect([0, 1].map((piece) => offer?.has(piece))).toEqual([true, false])
  expect(offer?.lengthOf(3)).toBe(120_000 - 3 * 32_768)
  uploads.gained(1)
  uploads.lost(0)
  expect([0, 1].map((piece) => offer?.has(piece))).toEqual([false, true])
})

it('unchokes nobody before all have been told what is here', () => {
  const { uploads } = open()
  let isChoked = true
  const peer: ChokablePeer = {
    ...{ id: 1, isInterested: true, receivedBytes: 0, sentBytes: 0 },
    choke: () => {
      isChoked = true
    },
    unchoke: () => {
      isChoked = false
    },
  }
  uploads.choking.add(peer)
  uploads.setHave(Uint8Array.of(0xff), metadata)
  expect(isChoked).toBe(true)
  uploads.open()
  expect(isChoked).toBe(false)
})

it('keeps pace with what comes in by the clock that it is given, and lets go of it at the end', async () => {
  const { uploads, clock } = open()
  uploads.setHave(Uint8Array.of(0), metadata)
  for (let step = 0; step < 20; step++) {
    uploads.received(16_384)
    await clock.advance(100)
  }
  expect(uploads.throttle?.paceBytesPerSecond).toBe(LEAST_GIVEN)
  uploads.close()
  expect(uploads.throttle?.paceBytesPerSecond).toBe(Number.POSITIVE_INFINITY)
})
