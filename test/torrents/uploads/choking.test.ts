import { describe, expect, it } from 'vitest'
import { type ChokablePeer, Choking } from '../../../src/torrents/uploads/choking.ts'
import { UploadSlots } from '../../../src/torrents/uploads/upload-slots.ts'

class Peer implements ChokablePeer {
  readonly id: number
  isInterested = true
  receivedBytes = 0
  sentBytes = 0
  isChoked = true

  constructor(id: number) {
    this.id = id
  }

  choke(): void {
    this.isChoked = true
  }

  unchoke(): void {
    this.isChoked = false
  }
}

let nextId = 1

function open(slots = new UploadSlots()): Choking {
  return new Choking({ slots, isSeeding: () => false, now: () => 0, random: () => 0 })
}

function addPeers(choking: Choking, count: number): Peer[] {
  const peers = Array.from({ length: count }, () => new Peer(nextId++))
  for (const peer of peers) choking.add(peer)
  return peers
}

const unchokedOf = (peers: readonly Peer[]): number => peers.filter((peer) => !peer.isChoked).length

describe('Choking', () => {
  it('unchokes nobody before there is something to upload', () => {
    const choking = open()
    const peers = addPeers(choking, 3)
    choking.round()
    expect(unchokedOf(peers)).toBe(0)
    choking.open()
    expect(unchokedOf(peers)).toBe(3)
  })

  it('gives a free slot at once, also that of a peer that loses interest or leaves', () => {
    const choking = open()
    choking.open()
    const peers = addPeers(choking, 10)
    expect(unchokedOf(peers)).toBe(8)
    const [first, second] = peers
    if (first === undefined || second === undefined) throw new Error('no peers')
    first.isInterested = false
    choking.interestChanged(first)
    expect(first.isChoked).toBe(true)
    choking.remove(second)
    expect(unchokedOf(peers.slice(2))).toBe(8)
    first.isInterested = true
    choking.interestChanged(first)
    expect(first.isChoked).toBe(true)
  })

  it('unchokes those that give more since the last round', () => {
    const choking = open()
    choking.open()
    const peers = addPeers(choking, 16)
    choking.round()
    for (const peer of peers.slice(8)) peer.receivedBytes += 1_000
    choking.round()
    expect(unchokedOf(peers.slice(8))).toBe(8)
    expect(unchokedOf(peers)).toBe(8)
  })

  it('shares 40 slots among all torrents, and gives back those of a torrent that leaves', () => {
    const slots = new UploadSlots()
    const torrents = Array.from({ length: 7 }, () => open(slots))
    for (const choking of torrents) choking.open()
    const peers = torrents.map((choking) => addPeers(choking, 8))
    expect(peers.map(unchokedOf)).toEqual([8, 8, 8, 8, 8, 0, 0])
    torrents[0]?.close()
    torrents[5]?.round()
    expect(unchokedOf(peers[5] ?? [])).toBe(8)
  })
})
