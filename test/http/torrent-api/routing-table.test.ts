import { describe, expect, it } from 'vitest'
import { type Bucket, bucketsOf } from '../../../src/http/torrent-api/routing-table.ts'
import type { DhtNode } from '../../../src/torrents/swarm/swarm.ts'

const LOW = '0'.repeat(40)
const HIGH = 'f'.repeat(40)

function node(id: string): DhtNode {
  return { id: id.padEnd(40, '0'), address: '192.0.2.1:6881', heardMsAgo: 1 }
}

const idsOf = ({ data }: Bucket): string[] =>
  'Leaf' in data ? data.Leaf.nodes.map(({ id }) => id.slice(0, 2)) : []

describe('the routing table as a tree', () => {
  it('is one leaf where there are few nodes, or none', () => {
    expect(bucketsOf([])).toEqual([
      { bits: 160, start: LOW, end_inclusive: HIGH, data: { Leaf: { nodes: [] } } },
    ])
    expect(bucketsOf([node('ab')]).map(idsOf)).toEqual([['ab']])
  })

  it('is cut in halves until no bucket has more than 8', () => {
    const ids = Array.from({ length: 12 }, (_, n) => (0xa0 + n).toString(16))
    const buckets = bucketsOf([...ids, '10'].map(node))
    expect(buckets[0]).toMatchObject({ bits: 160, data: { LeftRight: [1, 2] } })
    expect(buckets[1]).toMatchObject({
      ...{ bits: 159, start: LOW, end_inclusive: `7${'f'.repeat(39)}` },
      data: { Leaf: { nodes: [node('10')] } },
    })
    expect(buckets[2]).toMatchObject({
      bits: 159,
      start: `8${'0'.repeat(39)}`,
      end_inclusive: HIGH,
    })
    expect(buckets.every((bucket) => idsOf(bucket).length <= 8)).toBe(true)
    expect(buckets.flatMap(idsOf).sort()).toEqual([...ids, '10'].sort())
  })

  it('keeps together what has the same id, however much', () => {
    const buckets = bucketsOf(Array.from({ length: 20 }, () => node('c0')))
    expect(buckets.flatMap(idsOf)).toHaveLength(20)
    expect(buckets.at(-1)?.bits).toBe(0)
  })
})
