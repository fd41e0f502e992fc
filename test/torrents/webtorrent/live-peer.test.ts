import { expect, it } from 'vitest'
import { LinkRates, type LiveLink, livePeer } from '../../../src/torrents/webtorrent/live-peer.ts'

const peerPieces = { buffer: Uint8Array.of(0b1110_0000, 0b1000_0000), get: () => false }
const link: LiveLink = {
  wire: {
    ...{ amChoking: true, amInterested: true, peerChoking: false, peerInterested: true },
    peerPieces,
  },
  transport: 'utp',
  isIncoming: true,
  hasEverything: false,
  client: 'qBittorrent/5.1',
  rates: new LinkRates(() => 0),
  pieceCount: 16,
}

it('tells how it stands with a peer in letters, and what the peer has', () => {
  expect(livePeer(link)).toMatchObject({ state: 'live', flags: 'D u I P', progress: 0.25 })
  const idle = { ...link.wire, amInterested: false, peerInterested: false, amChoking: false }
  const seed = { ...link, wire: idle, hasEverything: true, isIncoming: false }
  expect(livePeer({ ...seed, transport: 'tcp' })).toMatchObject({ flags: 'K ?', progress: 1 })
  expect(livePeer({ ...link, pieceCount: null }).progress).toBe(null)
})
