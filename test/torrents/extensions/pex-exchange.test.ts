import { describe, expect, it } from 'vitest'
import { PEX_INTERVAL_MS, PexExchange } from '../../../src/torrents/extensions/pex-exchange.ts'
import { encodePex, type PexPeer, parsePexAdded } from '../../../src/torrents/extensions/ut-pex.ts'

const MINUTE = PEX_INTERVAL_MS

function peers(count: number): PexPeer[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `1.2.3.4:${index + 1}`,
    flags: 0,
  }))
}

const message = encodePex({ added: peers(1), dropped: [] })

describe('what a peer tells of others', () => {
  it('is heard at once, and then once a minute', () => {
    const exchange = new PexExchange()
    expect(exchange.received(message, 0)).toEqual({ kind: 'peers', addresses: ['1.2.3.4:1'] })
    expect(exchange.received(message, 10_000)).toEqual({ kind: 'ignored' })
    expect(exchange.received(message, MINUTE)).toMatchObject({ kind: 'peers' })
  })

  it('costs the connection where it comes far too often', () => {
    const exchange = new PexExchange()
    const kinds = Array.from({ length: 12 }, (_, index) => exchange.received(message, index).kind)
    expect(kinds.slice(0, 11)).toEqual(['peers', ...new Array(10).fill('ignored')])
    expect(kinds.at(-1)).toBe('refused')
  })

  it('costs the connection where it is over 64 KiB', () => {
    expect(new PexExchange().received(Buffer.alloc(65_537), 0)).toEqual({ kind: 'refused' })
  })

  it('is ignored where it is no message', () => {
    expect(new PexExchange().received(Buffer.from('x'), 0)).toEqual({ kind: 'ignored' })
  })
})

describe('what a peer is told of others', () => {
  it('is told at once, once, and 50 at a time', () => {
    const exchange = new PexExchange()
    const sent = [0, 1, MINUTE, 2 * MINUTE, 3 * MINUTE].map((now) => exchange.next(peers(120), now))
    expect(sent.map((bytes) => bytes && parsePexAdded(bytes)?.length)).toEqual([
      50,
      null,
      50,
      20,
      null,
    ])
  })

  it('is taken back when they are gone', () => {
    const exchange = new PexExchange()
    exchange.next(peers(3), 0)
    const later = exchange.next(peers(1), MINUTE)
    expect(Buffer.from(later ?? []).toString()).toContain('7:dropped12:')
    expect(exchange.next(peers(1), 2 * MINUTE)).toBeNull()
    expect(parsePexAdded(exchange.next(peers(2), 3 * MINUTE) ?? Buffer.alloc(0))).toHaveLength(1)
  })

  it('is nothing where there is nobody', () => {
    expect(new PexExchange().next([], 0)).toBeNull()
  })
})
