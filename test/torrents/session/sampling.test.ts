import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { Sampling } from '../../../src/torrents/session/sampling.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

it('looks into one torrent after another, and not while somebody waits for bytes', async () => {
  const clock = new FakeClock()
  const looked: string[] = []
  let isBusy = true
  const sampling = new Sampling({ clock, isBusy: () => isBusy, log: silentLogger() })
  const torrent = (name: string) => ({
    checkSamples: async () => {
      looked.push(name)
      if (name === 'broken') throw new Error('it cannot be read')
    },
  })
  for (const name of ['first', 'broken', 'last']) sampling.add(torrent(name))
  await clock.advance(5_000)
  expect(looked).toEqual([])
  isBusy = false
  for (const count of [1, 2, 3]) {
    await clock.advance(500)
    expect(looked).toHaveLength(count)
  }
  expect(looked).toEqual(['first', 'broken', 'last'])
  sampling.add(torrent('late'))
  sampling.close()
  await clock.advance(5_000)
  expect(looked).toHaveLength(3)
})
