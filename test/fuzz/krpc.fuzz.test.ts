import fc from 'fast-check'
import { expect } from 'vitest'
import { encodeBencode } from '../../src/torrents/metainfo/bencode/safe-bencode.ts'
import { parseKrpc } from '../../src/torrents/webtorrent/krpc-message.ts'
import { fuzz, mutated } from './fuzz.ts'

const ID = 'abcdefghij0123456789'
const seeds = [
  `d1:ad2:id20:${ID}e1:q4:ping1:t2:aa1:y1:qe`,
  `d1:ad2:id20:${ID}6:target20:${ID}e1:q9:find_node1:t2:aa1:y1:qe`,
  `d1:ad2:id20:${ID}9:info_hash20:${ID}e1:q9:get_peers1:t2:aa1:y1:qe`,
  `d1:ad2:id20:${ID}12:implied_porti1e9:info_hash20:${ID}4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe`,
  `d1:rd2:id20:${ID}5:nodes26:${ID}abcdef5:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re`,
  'd1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee',
].map((text) => Buffer.from(text))

const bytes = (lengths: readonly number[]): fc.Arbitrary<unknown> =>
  fc.constantFrom(...lengths).map((length) => Buffer.alloc(length, 'x'))
const anything = fc.oneof(
  bytes([0, 1, 2, 6, 19, 20, 21, 26, 52, 64, 65]),
  fc.integer({ min: -(2 ** 31), max: 2 ** 32 }),
  fc.constantFrom<unknown>([], {}, [1], [Buffer.alloc(6)], [Buffer.alloc(18)], { id: 1 }),
)
const values = fc.dictionary(
  fc.constantFrom('id', 'target', 'info_hash', 'token', 'port', 'nodes', 'values', 'implied_port'),
  fc.oneof({ weight: 3, arbitrary: bytes([20]) }, { weight: 1, arbitrary: anything }),
)
/** Dictionaries with the right keys, and with values that are right now and then. */
const structured = fc
  .record(
    {
      t: fc.oneof(bytes([1, 2, 20, 21]), anything),
      y: fc.oneof(fc.constantFrom('q', 'r', 'e'), anything),
      q: fc.oneof(
        fc.constantFrom('ping', 'find_node', 'get_peers', 'announce_peer', 'put'),
        anything,
      ),
      a: fc.oneof(values, anything),
      r: fc.oneof(values, anything),
      e: anything,
    },
    { requiredKeys: ['t', 'y'] },
  )
  .map((message) => encodeBencode(message))

fuzz(
  'a datagram gives a message whose every part has its length and its range, or none',
  fc.oneof(mutated(seeds), structured),
  (datagram) => {
    const message = parseKrpc(datagram)
    if (message === null) return
    expect(message.transaction.length).toBeGreaterThan(0)
    expect(message.transaction.length).toBeLessThanOrEqual(20)
    if (message.kind !== 'error') expect(message.id).toHaveLength(20)
    if (message.kind === 'response') {
      expect(message.nodes.length % 26).toBe(0)
      expect(message.values.every((value) => value.length === 6)).toBe(true)
    }
    if (message.kind === 'query' && message.question.method === 'announce_peer') {
      const { port, token, infoHash } = message.question
      expect(port === null || (port >= 1 && port <= 65_535)).toBe(true)
      expect(token.length).toBeLessThanOrEqual(64)
      expect(infoHash).toHaveLength(20)
    }
  },
)
