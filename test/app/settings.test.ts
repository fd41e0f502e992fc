import { expect, test } from 'vitest'
import { swarmSettings } from '../../src/app/settings.ts'
import { parseConfig } from '../../src/config/config.ts'

test('connections and seeding are settings that begin with what was given', async () => {
  const command = parseConfig(['--max-connections', '80', '--seed-ratio', '2'], {})
  if (command.kind !== 'run') throw new Error('no server')
  const asked: object[] = []
  const settings = swarmSettings(command.config, {
    setMaxConnections: (change) => asked.push(change),
    setSeedingGoal: (change) => asked.push(change),
  })
  expect(settings.map(({ name, initial, isGiven }) => [name, initial, isGiven])).toEqual([
    ['max-connections', 80, true],
    ['max-connections-per-torrent', 50, false],
    ['seed-ratio', 2, true],
    ['seed-minutes', 0, false],
  ])
  for (const { apply } of settings) await apply(3)
  expect(asked).toEqual([{ total: 3 }, { perTorrent: 3 }, { ratio: 3 }, { minutes: 3 }])
  const [total, , ratio] = settings
  expect(total.check.safeParse(0).success).toBe(false)
  expect(total.check.safeParse(1.5).success).toBe(false)
  expect(ratio.check.safeParse(-1).success).toBe(false)
  expect(ratio.check.safeParse(0.5).success).toBe(true)
})
