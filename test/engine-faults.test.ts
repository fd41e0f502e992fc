import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { culpritOf, EngineFaults } from '../src/engine-faults.ts'
import { engineError, thrownBy } from './helpers/engine-error.ts'

describe('culpritOf()', () => {
  it.each([
    ['engine', '/srv/app/node_modules/k-rpc/index.js'],
    ['engine', '/srv/app/node_modules/webtorrent/node_modules/bittorrent-dht/client.js'],
    ['engine', 'file:///srv/app/node_modules/@silentbot1/nat-api/lib/pmp/index.js'],
    ['engine', 'C:\\app\\node_modules\\streamx\\index.js'],
    ['ours', '/srv/app/dist/torrents/downloader.js'],
    ['ours', 'file:///srv/my%20app%20(1)/dist/cli.js'],
    ['ours', '/srv/other/node_modules/tributary/dist/cli.js'],
    ['unknown', '/srv/app/node_modules/bencode/lib/decode.js'],
    ['unknown', 'node:net'],
  ])('is %s for %s', (culprit, file) => {
    expect(culpritOf(thrownBy(file))).toBe(culprit)
  })

  it('goes by whoever is nearest, past Node and what anybody uses', () => {
    const [engine, ours] = ['/a/node_modules/k-rpc/index.js', '/a/dist/torrents/torrent.js']
    const neutral = ['node:internal/crypto/hash', '/a/node_modules/bencode/index.js']
    expect(culpritOf(thrownBy(...neutral, engine, ours))).toBe('engine')
    // A listener of ours, which the engine calls.
    expect(culpritOf(thrownBy(...neutral, ours, engine))).toBe('ours')
  })

  it('does not believe what stands in a message', () => {
    const message = 'bad name\n    at x (/a/node_modules/k-rpc/index.js:1:1)'
    expect(culpritOf(new Error(message))).toBe('ours')
  })

  it('knows nothing of what is no error', () => {
    for (const thrown of ['text', null, undefined, 7, {}]) expect(culpritOf(thrown)).toBe('unknown')
  })
})

describe('EngineFaults', () => {
  it('counts what the engine throws, by entry, and gives up what it came from', () => {
    const faults = new EngineFaults(() => 0)
    let closed = 0
    const fail = (): void => {
      throw engineError()
    }
    faults.guard('dht', fail, () => closed++)
    faults.guard('wire', fail, () => closed++)
    faults.guard('wire', fail, () => closed++)
    faults.guard(
      'wire',
      () => {},
      () => closed++,
    )
    expect(closed).toBe(3)
    expect(faults.count).toBe(3)
    expect([...faults.byEntry]).toEqual([
      ['dht', 1],
      ['wire', 2],
    ])
  })

  it('lets through what we throw ourselves', () => {
    const faults = new EngineFaults(() => 0)
    const ours = new Error('ours')
    const fail = (): void => {
      throw ours
    }
    expect(() => faults.guard('wire', fail, () => {})).toThrow(ours)
    expect(faults.claims('exception', ours)).toBe(false)
    expect(faults.count).toBe(0)
  })

  it('claims nothing that it is not sure of, where nobody has caught it', () => {
    const faults = new EngineFaults(() => 0)
    expect(faults.claims('exception', thrownBy('node:net'))).toBe(false)
    expect(faults.claims('rejection', 'text')).toBe(false)
    expect(faults.claims('rejection', engineError())).toBe(true)
    expect(faults.count).toBe(1)
  })

  it('says so once a minute for each entry, however many there are', () => {
    let now = 0
    const faults = new EngineFaults(() => now)
    const lines: string[] = []
    faults.reportTo(pino({}, { write: (line: string) => lines.push(line) }))
    for (now = 0; now < 60_000; now += 10) faults.absorb('wire', engineError())
    expect(lines).toHaveLength(1)
    faults.absorb('wire', engineError())
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      entry: 'wire',
      count: 6_001,
      sinceLast: 6_000,
    })
  })
})
