import { expect, test } from 'vitest'
import { connectionSettings } from '../../src/app/settings.ts'
import { parseConfig } from '../../src/config/config.ts'

test('connections are settings that begin with what was given', async () => {
  const command = parseConfig(['--max-connections', '80'], {})
  if (command.kind !== 'run') throw new Error('no server')
  const asked: object[] = []
  const settings = connectionSettings(command.config, {
    setMaxConnections: (change) => asked.push(change),
  })
  expect(settings.map(({ name, initial, isGiven }) => [name, initial, isGiven])).toEqual([
    ['max-connections', 80, true],
    ['max-connections-per-torrent', 50, false],
  ])
  for (const { apply } of settings) await apply(3)
  expect(asked).toEqual([{ total: 3 }, { perTorrent: 3 }])
  expect(settings[0].check.safeParse(0).success).toBe(false)
  expect(settings[0].check.safeParse(1.5).success).toBe(false)
})
