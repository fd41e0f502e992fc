import { expect, it, onTestFinished } from 'vitest'
import { type Logger, silentLogger } from '../../../src/log.ts'
import { QuotaKeeper } from '../../../src/torrents/session/quota-keeper.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const KIB = 1024

it('says once that the quota is taken up, until there has been room for a minute', async () => {
  const warnings: string[] = []
  const log: Logger = {
    ...silentLogger(),
    warn: (_facts: unknown, message?: string) => void warnings.push(message ?? ''),
  }
  const clock = new FakeClock()
  const keeper = new QuotaKeeper({ torrents: () => [], quotaBytes: 64 * KIB, log, clock })
  onTestFinished(() => keeper.close())
  const share = keeper.room.join({ onRoom: () => {} })
  expect(share.take(64 * KIB)).toBe(true)
  // A stream asks, is refused, and asks again some time later.
  for (let second = 0; second < 20; second++) {
    if (second % 2 === 0) share.take(16 * KIB)
    await clock.advance(1_000)
  }
  expect(warnings).toHaveLength(1)
  share.giveBack(64 * KIB)
  await clock.advance(65_000)
  share.take(64 * KIB)
  share.take(16 * KIB)
  await clock.advance(2_000)
  expect(warnings).toHaveLength(2)
})
