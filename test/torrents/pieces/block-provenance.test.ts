import { beforeEach, describe, expect, test } from 'vitest'
import {
  BlockProvenance,
  type Sender,
  type Verification,
} from '../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'

const layout = new PieceLayout(65_536, 10 * 65_536)
const VIEWER = { verifiedOnly: false }

function peer(address: string, port = 6_881): Sender {
  return { peer: `${address}:${port}`, address }
}

const one = peer('1.1.1.1')
const other = peer('2.2.2.2')
let provenance: BlockProvenance

beforeEach(() => {
  provenance = new BlockProvenance(layout, 'proven')
})

function isShown(piece: number, block: number): boolean {
  return provenance.mayBeShown(piece, block, VIEWER)
}

/** Two others that agree say something else than the peer. */
function outvote(liar: Sender): void {
  const [third, fourth] = [peer('3.3.3.3'), peer('4.4.4.4')]
  provenance.received(9, 1, third)
  provenance.vouch(9, 1, fourth.peer)
  provenance.contradict(liar, third)
  provenance.contradict(liar, fourth)
}

describe('what a viewer may see of a piece that is not verified', () => {
  test('is nothing that is not held, and nothing of somebody unknown', () => {
    expect(isShown(7, 1)).toBe(false)
    provenance.received(7, 1, one)
    expect(isShown(7, 1)).toBe(false)
  })

  test('is what a trusted peer sent', () => {
    provenance.trust(one.peer)
    provenance.received(7, 1, one)
    provenance.received(7, 2, other)
    provenance.received(7, 3, peer('1.1.1.1', 7_000))
    expect([0, 1, 2, 3].map((block) => isShown(7, block))).toEqual([false, true, false, false])
  })

  test('is the very block that two addresses agree on', () => {
    provenance.received(7, 1, one)
    provenance.received(7, 2, one)
    provenance.prove(7, 1)
    expect([1, 2].map((block) => isShown(7, block))).toEqual([true, false])
    expect(isShown(8, 1)).toBe(false)
  })

  test('is nothing for one that takes verified pieces only', () => {
    provenance.trust(one.peer)
    provenance.received(7, 1, one)
    expect(provenance.mayBeShown(7, 1, { verifiedOnly: true })).toBe(false)
  })

  test.each<[Verification, boolean]>([
    ['always', true],
    ['off', false],
  ])('asks nobody: %s', (verification, expected) => {
    provenance = new BlockProvenance(layout, verification)
    expect(isShown(0, 0)).toBe(false)
    provenance.received(0, 0, one)
    expect(isShown(0, 0)).toBe(expected)
    provenance.trust(one.peer)
    provenance.prove(0, 0)
    expect(isShown(0, 0)).toBe(expected)
  })
})

describe('a block of which another address has sent an equal stretch', () => {
  beforeEach(() => {
    provenance.received(7, 1, one)
    provenance.vouch(7, 1, other.peer)
  })

  test('may be shown, and no other block of its sender', () => {
    provenance.received(7, 2, one)
    expect([1, 2].map((block) => isShown(7, block))).toEqual([true, false])
  })

  test('may still where somebody contradicts one of the two: it is they who agree', () => {
    provenance.contradict(one, peer('3.3.3.3'))
    provenance.contradict(other, peer('3.3.3.3'))
    expect(isShown(7, 1)).toBe(true)
  })

  test('may not as soon as its sender is outvoted', () => {
    outvote(one)
    expect(isShown(7, 1)).toBe(false)
  })

  test('may not as soon as who vouched for it is, unless another did as well', () => {
    outvote(other)
    expect(isShown(7, 1)).toBe(false)
    provenance.vouch(7, 1, '5.5.5.5:1')
    expect(isShown(7, 1)).toBe(true)
  })

  test('may not where who vouched was party to a wrong piece', () => {
    provenance.distrust(other.peer)
    expect(isShown(7, 1)).toBe(false)
  })

  test('may not where who vouched was banned, though right blocks of it come to light', () => {
    provenance.distrust(other.peer)
    provenance.banned(other.peer)
    provenance.trust(other.peer, 64)
    provenance.received(7, 2, other)
    expect([1, 2].map((block) => isShown(7, block))).toEqual([false, false])
    provenance.vouch(7, 2, one.peer)
    expect(isShown(7, 2)).toBe(false)
  })
})

describe('two peers', () => {
  /** How often they differ, and agree. */
  function compare(differ: number, agree: number): boolean {
    for (let times = 0; times < differ; times++) provenance.contradict(one, other)
    provenance.received(7, 1, one)
    for (let times = 0; times < agree; times++) provenance.vouch(7, 1, other.peer)
    return provenance.areOpposed(other.peer, one.peer)
  }

  test('are opposed once they have differed three times and never agreed', () => {
    expect(compare(2, 0)).toBe(false)
    expect(compare(1, 0)).toBe(true)
  })

  test('are not where they agree half as often as they differ', () => {
    expect(compare(6, 3)).toBe(false)
    expect(compare(1, 0)).toBe(true)
  })

  test('are no longer once one of them is banned, whatever else comes of it', () => {
    expect(compare(3, 0)).toBe(true)
    provenance.banned(one.peer)
    expect(compare(3, 0)).toBe(false)
    expect(provenance.isDoubted(other.peer)).toBe(false)
  })
})

describe('trust', () => {
  test('begins with 64 right blocks', () => {
    provenance.trust(one.peer, 63)
    expect(provenance.isTrusted(one.peer)).toBe(false)
    provenance.trust(one.peer, 1)
    expect(provenance.isTrusted(one.peer)).toBe(true)
  })

  test('is not for one that is contradicted, until that is settled', () => {
    provenance.trust(one.peer)
    provenance.contradict(one, other)
    expect(provenance.isTrusted(one.peer)).toBe(false)
    provenance.banned(other.peer)
    expect(provenance.isTrusted(one.peer)).toBe(true)
  })

  test('of one who was party to a wrong piece comes back with a right one', () => {
    provenance.received(0, 0, one)
    provenance.trust(one.peer)
    provenance.distrust(one.peer)
    expect(isShown(0, 0)).toBe(false)
    provenance.trust(one.peer)
    expect(isShown(0, 0)).toBe(true)
  })

  test('is kept of 2,000 peers, those that contributed last', () => {
    for (let port = 1; port <= 2_001; port++) provenance.trust(`1.1.1.1:${port}`)
    expect(provenance.isTrusted('1.1.1.1:1')).toBe(false)
    expect(provenance.isTrusted('1.1.1.1:2')).toBe(true)
  })
})

describe('who sent a block', () => {
  test('is the first as long as the block is held', () => {
    provenance.received(3, 2, one)
    provenance.received(3, 2, other)
    expect(provenance.senderOf(3, 2)).toBe(one)
    expect(provenance.peersOf(3)).toEqual([undefined, undefined, one.peer, undefined])
  })

  test('is each address that has sent a copy of it', () => {
    provenance.received(3, 2, one)
    provenance.copied(3, 2, other.address)
    expect(provenance.addressesOf(3, 2)).toEqual([one.address, other.address])
  })

  test('is nobody once its copies differ, and that is remembered', () => {
    provenance.received(3, 2, one)
    provenance.copied(3, 2, other.address)
    provenance.dispute(3, 2)
    expect(provenance.senderOf(3, 2)).toBeUndefined()
    expect(provenance.addressesOf(3, 2)).toEqual([])
    provenance.received(3, 2, other)
    expect(provenance.senderOf(3, 2)).toBe(other)
    expect(provenance.disputesOf(3, 2)).toBe(1)
  })

  test('is forgotten with its piece', () => {
    provenance.received(3, 2, one)
    provenance.prove(3, 2)
    provenance.forget(3)
    expect(provenance.peersOf(3)).toEqual([])
    expect(provenance.isProven(3, 2)).toBe(false)
  })
})

describe('a peer that two addresses contradict', () => {
  test('is outvoted, and what it sent can be told, but for what another address has sent as well', () => {
    for (const block of [0, 1, 2]) provenance.received(7, block, one)
    provenance.received(7, 3, other)
    provenance.prove(7, 1)
    provenance.vouch(7, 3, peer('3.3.3.3').peer)
    expect(provenance.contradict(one, other)).toEqual([])
    expect(provenance.isOutvoted(one.peer)).toBe(false)
    expect(provenance.contradict(one, peer('3.3.3.3'))).toEqual([one.peer])
    expect([one, other].map((sender) => provenance.isOutvoted(sender.peer))).toEqual([true, false])
    expect(provenance.unprovenOf(one.peer)).toEqual([
      { piece: 7, block: 0 },
      { piece: 7, block: 2 },
    ])
  })

  test('makes blocks that were thrown away over it count no longer as disputed', () => {
    provenance.received(7, 1, one)
    provenance.dispute(7, 1)
    expect(provenance.disputesOf(7, 1)).toBe(1)
    expect(provenance.settleDisputes()).toEqual([{ piece: 7, block: 1 }])
    expect(provenance.disputesOf(7, 1)).toBe(0)
  })
})
