import { describe, expect, it } from 'vitest'
import { FairSlots } from '../../src/http/fair-slots.ts'

const nothing = (): void => {}

describe('FairSlots', () => {
  it('gives an address no more than its share', () => {
    const slots = new FairSlots({ perAddress: 2, inAll: 10 })
    const giveBack = slots.take('a', nothing)
    expect(slots.take('a', nothing)).not.toBeNull()
    expect(slots.take('a', nothing)).toBeNull()
    giveBack?.()
    giveBack?.()
    expect(slots.take('a', nothing)).not.toBeNull()
    expect(slots.take('a', nothing)).toBeNull()
  })

  it('takes the oldest of who has the most, for a newcomer', () => {
    const slots = new FairSlots({ perAddress: 10, inAll: 6 })
    const ended: string[] = []
    for (const name of ['a1', 'a2', 'a3', 'a4']) slots.take('a', () => ended.push(name))
    for (const name of ['b1', 'b2']) slots.take('b', () => ended.push(name))
    expect(slots.take('c', nothing)).not.toBeNull()
    expect(slots.take('c', nothing)).not.toBeNull()
    expect(ended).toEqual(['a1', 'a2'])
    // Now all have two: nobody has so much more that it would be fair.
    expect(slots.take('c', nothing)).toBeNull()
    expect(slots.take('d', nothing)).not.toBeNull()
  })

  it('does not let the richest take from itself', () => {
    const slots = new FairSlots({ perAddress: 10, inAll: 3 })
    for (let i = 0; i < 3; i++) expect(slots.take('a', nothing)).not.toBeNull()
    expect(slots.take('a', nothing)).toBeNull()
  })

  it('forgets what was taken away once', () => {
    const slots = new FairSlots({ perAddress: 10, inAll: 2 })
    const first = slots.take('a', nothing)
    slots.take('a', nothing)
    expect(slots.take('b', nothing)).not.toBeNull()
    first?.()
    expect(slots.take('c', nothing)).toBeNull()
  })
})
