import { describe, expect, it } from 'vitest'
import { FairShares } from '../../../src/http/messages/fair-shares.ts'

const nobody = (): void => {
  throw new Error('nobody has to give up anything')
}

describe('FairShares', () => {
  it('gives an address no more than its limit, until it gives something back', () => {
    const shares = new FairShares({ perAddress: 2, inAll: 10 })
    const giveBack = shares.take('a', 1, nobody)
    expect(shares.take('a', 1, nobody)).not.toBeNull()
    expect(shares.take('a', 1, nobody)).toBeNull()
    expect(shares.take('b', 1, nobody)).not.toBeNull()
    giveBack?.()
    giveBack?.()
    expect(shares.take('a', 1, nobody)).not.toBeNull()
    expect(shares.take('a', 1, nobody)).toBeNull()
  })

  it('gives an address that holds nothing what it asks for, however much', () => {
    const shares = new FairShares({ perAddress: 2, inAll: 10 })
    expect(shares.take('a', 50, nobody)).not.toBeNull()
    expect(shares.take('a', 1, nobody)).toBeNull()
  })

  it('takes the oldest share of the address that holds most for one that holds less', () => {
    const shares = new FairShares({ perAddress: 5, inAll: 7 })
    const gaveUp: string[] = []
    const take = (address: string, name: string): (() => void) | null =>
      shares.take(address, 1, () => gaveUp.push(name))
    for (const name of ['a1', 'a2', 'a3', 'a4']) take('a', name)
    for (const name of ['b1', 'b2', 'b3']) take('b', name)
    expect(take('c', 'c1')).not.toBeNull()
    expect(gaveUp).toEqual(['a1'])
    expect(take('c', 'c2')).not.toBeNull()
    expect(gaveUp).toEqual(['a1', 'a2'])
    expect(take('a', 'a5')).toBeNull()
    expect(gaveUp).toEqual(['a1', 'a2'])
  })

  it('takes nothing from anybody for one that would hold as much', () => {
    const shares = new FairShares({ perAddress: 5, inAll: 3 })
    for (const address of ['a', 'b', 'c']) shares.take(address, 1, nobody)
    expect(shares.take('d', 1, nobody)).toBeNull()
    expect(shares.take('a', 1, nobody)).toBeNull()
  })

  it('counts a share that was taken away only once', () => {
    const shares = new FairShares({ perAddress: 5, inAll: 2 })
    const giveBack = shares.take('a', 1, () => {})
    shares.take('a', 1, nobody)
    shares.take('b', 1, nobody)
    giveBack?.()
    expect(shares.take('c', 1, nobody)).toBeNull()
  })
})
