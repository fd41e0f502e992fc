import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { parseInfoHash } from '../../../src/torrents/metainfo/info-hash.ts'
import { SeedingWatch } from '../../../src/torrents/session/seeding-watch.ts'
import { NOT_SEEDED } from '../../../src/torrents/state/seeding.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

it('saves every five minutes what has been counted, and of no others', async () => {
  const torrentOf = (digit: string, bytesPerLook: number) => ({
    infoHash: parseInfoHash(digit.repeat(40)) ?? expect.unreachable(),
    ...{ name: digit, seeded: NOT_SEEDED, stopSeeding: async () => {} },
    countSeeding() {
      const uploadedBytes = this.seeded.uploadedBytes + bytesPerLook
      if (bytesPerLook > 0) this.seeded = { ...this.seeded, uploadedBytes }
      return null
    },
  })
  const torrents = [torrentOf('a', 1_000), torrentOf('b', 0)]
  const saved: string[] = []
  const clock = new FakeClock()
  const save = async (infoHashes: readonly string[]) => saved.push(...infoHashes)
  const watch = new SeedingWatch({ torrents: () => torrents, save, log: silentLogger(), clock })
  onTestFinished(() => watch.close())
  await clock.advance(290_000)
  expect(saved).toEqual([])
  await clock.advance(20_000)
  expect(saved).toEqual(['a'.repeat(40)])
  await clock.advance(300_000)
  expect(saved).toEqual(['a'.repeat(40), 'a'.repeat(40)])
})
