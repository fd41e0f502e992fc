import { describe, expect, it } from 'vitest'
import { EarlyServing } from '../../../src/torrents/pieces/early-serving.ts'

describe('EarlyServing, proven', () => {
  it('allows nothing of somebody unknown', () => {
    const early = new EarlyServing('proven')
    expect(early.allows(0, 0, '1.1.1.1')).toBe(false)
    expect(early.allows(0, 0, undefined)).toBe(false)
  })

  it('allows what a trusted address sent', () => {
    const early = new EarlyServing('proven')
    early.trust('1.1.1.1')
    expect(early.allows(7, 16_384, '1.1.1.1')).toBe(true)
    expect(early.allows(7, 16_384, '2.2.2.2')).toBe(false)
  })

  it('allows the very block that two addresses vouch for', () => {
    const early = new EarlyServing('proven')
    early.prove(7, 16_384)
    expect(early.allows(7, 16_384, '1.1.1.1')).toBe(true)
    expect(early.allows(7, 0, '1.1.1.1')).toBe(false)
    expect(early.allows(8, 16_384, '1.1.1.1')).toBe(false)
  })

  it('forgets the proofs of a piece', () => {
    const early = new EarlyServing('proven')
    early.prove(7, 0)
    early.forget(7)
    expect(early.allows(7, 0, '1.1.1.1')).toBe(false)
  })

  it('trusts who was party to a wrong piece only after a right one', () => {
    const early = new EarlyServing('proven')
    early.trust('1.1.1.1')
    early.distrust('1.1.1.1')
    expect(early.allows(0, 0, '1.1.1.1')).toBe(false)
    early.trust('1.1.1.1')
    expect(early.allows(0, 0, '1.1.1.1')).toBe(true)
  })
})

describe('EarlyServing, always and off', () => {
  it('asks nobody', () => {
    expect(new EarlyServing('always').allows(0, 0, undefined)).toBe(true)
    const off = new EarlyServing('off')
    off.trust('1.1.1.1')
    off.prove(0, 0)
    expect(off.allows(0, 0, '1.1.1.1')).toBe(false)
  })
})
