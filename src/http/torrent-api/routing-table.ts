import type { DhtNode } from '../../torrents/swarm/swarm.ts'

const ID_BITS = 160
/** Nodes of one bucket (BEP 5). */
const BUCKET_NODES = 8

/** A part of the id space, as rqbit writes it: `data` is a leaf, or where its two halves stand in the list. */
export interface Bucket {
  /** How many bits of an id are free in it. */
  readonly bits: number
  /** 40 hex digits, both ends inclusive. */
  readonly start: string
  readonly end_inclusive: string
  readonly data:
    | { readonly Leaf: { readonly nodes: readonly DhtNode[] } }
    | { readonly LeftRight: readonly [left: number, right: number] }
}

/** The nodes in a tree of buckets of 8, the whole space first. */
export function bucketsOf(nodes: readonly DhtNode[]): Bucket[] {
  const buckets: Bucket[] = []
  // The ends of a list grow while it is walked: halves stand behind their whole.
  const waiting: {
    readonly start: bigint
    readonly bits: number
    readonly nodes: readonly DhtNode[]
  }[] = [{ start: 0n, bits: ID_BITS, nodes }]
  for (const { start, bits, nodes: inside } of waiting) {
    const end = start + (1n << BigInt(bits)) - 1n
    const place = { bits, start: hex(start), end_inclusive: hex(end) }
    if (inside.length <= BUCKET_NODES || bits === 0) {
      buckets.push({ ...place, data: { Leaf: { nodes: inside } } })
      continue
    }
    const middle = start + (1n << BigInt(bits - 1))
    const left = waiting.length
    waiting.push(
      { start, bits: bits - 1, nodes: inside.filter(({ id }) => numberOf(id) < middle) },
      { start: middle, bits: bits - 1, nodes: inside.filter(({ id }) => numberOf(id) >= middle) },
    )
    buckets.push({ ...place, data: { LeftRight: [left, left + 1] } })
  }
  return buckets
}

function numberOf(id: string): bigint {
  return BigInt(`0x${id}`)
}

function hex(value: bigint): string {
  return value.toString(16).padStart(ID_BITS / 4, '0')
}
