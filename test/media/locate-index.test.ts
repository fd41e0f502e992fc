import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { locateIndex } from '../../src/media/container-index/locate-index.ts'

const GIB = 1024 ** 3

describe('locateIndex', () => {
  it('finds the moov of an MP4 that has it behind the media data', async () => {
    const film = await clip('River.mp4')
    const moov = film.lastIndexOf('moov') - 4
    const location = locateIndex('video/mp4', film.subarray(0, 4_096), film.length)
    expect(location).toEqual({ kind: 'range', start: moov, end: film.length - 1 })
  })

  it('finds the Cues of a Matroska file by its seek head', async () => {
    const film = await clip('Delta/Delta.mkv')
    const cues = film.lastIndexOf(Buffer.from('1c53bb6b', 'hex'))
    const location = locateIndex('video/x-matroska', film.subarray(0, 4_096), film.length)
    expect(location).toEqual({ kind: 'range', start: cues, end: film.length - 1 })
  })

  it('finds the idx1 of an AVI', () => {
    const head = Buffer.concat([
      riff('RIFF', 0, 'AVI '),
      riff('LIST', 100, 'hdrl'),
      Buffer.alloc(96),
      riff('LIST', 5_000_001, 'movi'),
    ])
    const start = 12 + 108 + 8 + 5_000_002
    const location = locateIndex('video/x-msvideo', head, start + 1_000)
    expect(location).toEqual({ kind: 'range', start, end: start + 999 })
  })

  it('reads the 64-bit size of an mdat beyond 4 GiB', () => {
    const head = Buffer.concat([box(16, 'ftyp'), Buffer.alloc(8), box(1, 'mdat'), Buffer.alloc(8)])
    head.writeBigUInt64BE(BigInt(5 * GIB), 24)
    const location = locateIndex('video/mp4', head, 5 * GIB + 500)
    expect(location).toEqual({ kind: 'range', start: 5 * GIB + 16, end: 5 * GIB + 499 })
  })

  it('wants nothing of an MP4 whose moov comes first', () => {
    const head = Buffer.concat([
      box(16, 'ftyp'),
      Buffer.alloc(8),
      box(999, 'moov'),
      Buffer.alloc(8),
    ])
    expect(locateIndex('video/mp4', head, GIB)).toEqual({ kind: 'none' })
  })

  it('says how much of the head it needs', () => {
    const head = Buffer.concat([box(40, 'ftyp'), Buffer.alloc(8)])
    expect(locateIndex('video/mp4', head, GIB)).toEqual({ kind: 'more', bytes: 56 })
  })

  it.each([
    ['zeros', Buffer.alloc(70_000)],
    ['ones', Buffer.alloc(70_000, 0xff)],
    ['text', Buffer.from('x'.repeat(70_000))],
    ['one byte', Buffer.from([0x1a])],
    ['nothing', Buffer.alloc(0)],
  ])('ends with %s in any container', (_, head) => {
    for (const mimeType of ['video/mp4', 'video/x-matroska', 'video/x-msvideo', 'video/mpeg']) {
      expect(['none', 'more']).toContain(locateIndex(mimeType, head, head.length).kind)
    }
  })

  it('never points outside the file, whatever bits are flipped', async () => {
    for (const [name, mimeType] of [
      ['River.mp4', 'video/mp4'],
      ['Delta/Delta.mkv', 'video/x-matroska'],
    ] as const) {
      const film = await clip(name)
      for (let bit = 0; bit < 8 * 400; bit++) {
        const head = Buffer.from(film.subarray(0, 4_096))
        head[bit >> 3] = (head[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const location = locateIndex(mimeType, head, film.length)
        if (location.kind !== 'range') continue
        expect(location.start).toBeLessThanOrEqual(location.end)
        expect(location.end).toBeLessThan(film.length)
      }
    }
  })
})

async function clip(name: string): Promise<Buffer> {
  return await readFile(new URL(`../../demo/clips/${name}`, import.meta.url))
}

function box(size: number, type: string): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(size)
  header.write(type, 4, 'latin1')
  return header
}

function riff(id: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(12)
  header.write(id, 'latin1')
  header.writeUInt32LE(size, 4)
  header.write(type, 8, 'latin1')
  return header
}
