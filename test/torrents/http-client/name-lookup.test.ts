import type { LookupAddress } from 'node:dns'
import { describe, expect, it } from 'vitest'
import { NameLookup } from '../../../src/torrents/http-client/name-lookup.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const ADDRESS: LookupAddress = { address: '192.0.2.1', family: 4 }

function counted(): { names: NameLookup; asked: string[]; clock: FakeClock } {
  const asked: string[] = []
  const clock = new FakeClock()
  const resolve = async (host: string): Promise<LookupAddress[]> => {
    asked.push(host)
    if (host === 'nowhere.example') throw new Error('ENOTFOUND')
    return [ADDRESS]
  }
  return { names: new NameLookup(resolve, () => clock.now()), asked, clock }
}

describe('NameLookup', () => {
  it('takes an address for its own', async () => {
    const { names, asked } = counted()
    expect(await names.addresses('::1')).toEqual([{ address: '::1', family: 6 }])
    expect(asked).toEqual([])
  })

  it('asks once for all who ask at a time, and again after a minute', async () => {
    const { names, asked, clock } = counted()
    await Promise.all([names.addresses('a.example'), names.addresses('a.example')])
    await names.addresses('a.example')
    expect(asked).toEqual(['a.example'])
    await clock.advance(60_000)
    expect(await names.addresses('a.example')).toEqual([ADDRESS])
    expect(asked).toEqual(['a.example', 'a.example'])
  })

  it('asks again for what was not found', async () => {
    const { names, asked } = counted()
    await expect(names.addresses('nowhere.example')).rejects.toThrow('ENOTFOUND')
    await expect(names.addresses('nowhere.example')).rejects.toThrow('ENOTFOUND')
    expect(asked).toHaveLength(2)
  })

  it('asks for no more than the system can take while nobody answers', async () => {
    let asked = 0
    const names = new NameLookup(() => {
      asked++
      return new Promise(() => {})
    })
    const outcomes: unknown[] = []
    for (let number = 0; number < 1_000; number++) {
      names.addresses(`${number}.example`).catch((error: unknown) => outcomes.push(error))
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(32)
    expect(outcomes).toHaveLength(968)
  })
})
