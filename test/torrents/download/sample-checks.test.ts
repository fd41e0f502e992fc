import { beforeEach, describe, expect, test } from 'vitest'
import { SampleChecks } from '../../../src/torrents/download/sample-checks.ts'
import { BlockProvenance, type Sender } from '../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'
import { EventQueue } from '../scheduler/simulation/event-queue.ts'
import { rightBytes, wrongBytes } from '../scheduler/simulation/simulated-bytes.ts'
import { SimulatedStore } from '../scheduler/simulation/simulated-store.ts'

const BLOCK = 16_384
const layout = new PieceLayout(4 * BLOCK, 16 * BLOCK)
const STRETCH = { piece: 1, offset: BLOCK + 1_000 }
const right = rightBytes(128)
const wrong = wrongBytes(128, 7)

function peer(address: string): Sender {
  return { peer: `${address}:6881`, address }
}

const [one, other, third] = [peer('1.1.1.1'), peer('2.2.2.2'), peer('3.3.3.3')] as const
let provenance: BlockProvenance
let store: SimulatedStore
let heard: string[]
let checks: SampleChecks

beforeEach(() => {
  provenance = new BlockProvenance(layout, 'proven')
  store = new SimulatedStore(layout, new EventQueue())
  heard = []
  checks = new SampleChecks({
    ...{ layout, provenance, store },
    agreed: (piece, offset, voucher) => heard.push(`${voucher} agrees ${piece} ${offset}`),
    contradicted: (a, b) => heard.push(`${a.peer} against ${b.peer}`),
    doubted: (piece, offset) => heard.push(`doubted ${piece} ${offset}`),
    lied: (peers) => heard.push(`lied ${peers.join(' ')}`),
    failed: (error) => heard.push(String(error)),
  })
})

/** The second block of the piece comes. */
async function arrive(sender: Sender, bytes = rightBytes(BLOCK)): Promise<void> {
  store.addBlock(1, BLOCK, bytes)
  provenance.received(1, 1, sender)
  checks.arrived(1, 1)
  await settled()
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null
}

describe('a sample', () => {
  test('that is what the block has there vouches for it, whichever comes first', async () => {
    checks.sampled(other, STRETCH, right)
    await arrive(one)
    checks.sampled(third, STRETCH, right)
    await settled()
    const place = `agrees 1 ${STRETCH.offset}`
    expect(heard).toEqual([`${other.peer} ${place}`, `${third.peer} ${place}`])
  })

  test('is kept as it came: the wire uses its memory for what comes next', async () => {
    const memory = Buffer.from(right)
    checks.sampled(other, STRETCH, memory)
    memory.fill(wrong[0] ?? 1)
    await arrive(one)
    expect(heard).toEqual([`${other.peer} agrees 1 ${STRETCH.offset}`])
  })

  test('of the address that sent the block says nothing', async () => {
    await arrive(one)
    checks.sampled({ ...one, peer: '1.1.1.1:7000' }, STRETCH, wrong)
    await settled()
    expect(heard).toEqual([])
  })

  test('that differs contradicts the sender, and the block is doubted', async () => {
    await arrive(one)
    checks.sampled(other, STRETCH, wrong)
    await settled()
    expect(heard).toEqual([`${one.peer} against ${other.peer}`, `doubted 1 ${BLOCK}`])
  })

  test('is compared with what a third address sends, too: a liar is alone then', async () => {
    await arrive(one, wrongBytes(BLOCK, 3))
    checks.sampled(other, STRETCH, right)
    await settled()
    store.dropBlock(1, BLOCK)
    provenance.dispute(1, 1)
    heard.length = 0
    await arrive(third)
    expect(heard).toEqual([
      `${third.peer} against ${one.peer}`,
      `${other.peer} agrees 1 ${STRETCH.offset}`,
    ])
  })

  test('proves the lie of one that sent something else, once the piece is right', async () => {
    await arrive(one)
    checks.sampled(other, STRETCH, wrong)
    await settled()
    heard.length = 0
    checks.verified(1)
    await settled()
    expect(heard).toEqual([`lied ${other.peer}`])
  })
})
