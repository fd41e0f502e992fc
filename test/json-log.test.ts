import { expect, it } from 'vitest'
import { createLogger, type JsonLogger } from '../src/json-log.ts'

function logger(level: 'info' | 'silent'): { log: JsonLogger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const log = createLogger(level, { write: (line) => lines.push(JSON.parse(line)) })
  return { log, lines }
}

it('children follow a change of the level, but those with one of their own', () => {
  const { log, lines } = logger('info')
  const child = log.child({ name: 'part' }).child({ torrent: 1 })
  const wire = log.child({ name: 'wire' }, { level: 'debug' })
  child.debug('unheard')
  wire.debug({ st: 'all' }, 'heard 1')
  log.level = 'debug'
  child.debug('heard 2')
  log.level = 'silent'
  log.fatal('unheard')
  child.error('unheard')
  wire.debug('heard 3')
  expect(lines).toMatchObject([
    { name: 'wire', st: 'all', msg: 'heard 1', level: 20 },
    { name: 'part', torrent: 1, msg: 'heard 2' },
    { msg: 'heard 3' },
  ])
})

it('silent says nothing, and every level is said as it is called', () => {
  const { log, lines } = logger('silent')
  log.fatal('unheard')
  log.level = 'trace'
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log[level](level)
  expect(lines.map(({ msg, level }) => [msg, level])).toEqual([
    ['debug', 20],
    ['info', 30],
    ['warn', 40],
    ['error', 50],
    ['fatal', 60],
  ])
})
