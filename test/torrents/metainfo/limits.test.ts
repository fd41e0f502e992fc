import { describe, expect, it } from 'vitest'
import { parseMetainfo, readInfo, readMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'

const PIECE_LENGTH = 16_384

/** Bencode of files of a piece each, with the components of a path already encoded. */
function torrentOf(fileCount: number, pathOf: (index: number) => string): Buffer {
  const files: string[] = []
  for (let index = 0; index < fileCount; index++) {
    files.push(`d6:lengthi${PIECE_LENGTH}e4:pathl${pathOf(index)}ee`)
  }
  const head = `d4:infod5:filesl${files.join('')}e4:name4:Show12:piece lengthi${PIECE_LENGTH}e`
  const hashes = `6:pieces${fileCount * 20}:`
  return Buffer.concat([
    Buffer.from(head + hashes),
    Buffer.alloc(fileCount * 20),
    Buffer.from('ee'),
  ])
}

const text = (value: string): string => `${Buffer.byteLength(value)}:${value}`

/** Whether the event loop turned at least so often while the work went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0
  let isOver = false
  const finished = work
    .catch(() => {})
    .then(() => {
      isOver = true
    })
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve))
    turns++
  }
  await finished
  return turns
}

describe('a torrent', () => {
  it('of 100,000 files of 8 levels is read, with turns for others', async () => {
    const torrentFile = torrentOf(100_000, (index) => {
      const folders = ['a', `b${index % 7}`, `c${index % 20}`, 'd', 'e', `f${index % 500}`, 'g']
      return [...folders, `film ${index}.mkv`].map(text).join('')
    })
    const work = readMetainfo(torrentFile)
    expect(await turnsDuring(work)).toBeGreaterThan(5)
    const { files } = await work
    expect(files).toHaveLength(100_000)
    expect(files.at(-1)?.components.join('/')).toBe('a/b4/c19/d/e/f499/g/film 99999.mkv')
    expect(files.at(-1)?.offset).toBe(99_999 * PIECE_LENGTH)
  }, 60_000)

  it('of 200,001 files is refused', async () => {
    await expect(readMetainfo(torrentOf(200_001, () => '1:a'))).rejects.toMatchObject({
      kind: 'invalid-torrent',
      message: 'the torrent has more than 200000 files',
    })
  }, 60_000)

  it('of 64 levels is read, and of 65 refused', () => {
    expect(parseMetainfo(torrentOf(1, () => '1:a'.repeat(64))).files[0]?.components).toHaveLength(
      64,
    )
    expect(() => parseMetainfo(torrentOf(2, () => '1:a'.repeat(65)))).toThrow(
      'the path of file 0 has more than 64 levels',
    )
  })

  it('of 20,000 paths of 128 levels is refused', async () => {
    const torrentFile = torrentOf(20_000, () => '1:a'.repeat(128))
    const info = torrentFile.subarray('d4:info'.length, -1)
    await expect(readInfo(info)).rejects.toThrow('more than 64 levels')
  })

  it('of 20,000 equal paths of 64 levels is read', async () => {
    const { files } = await readMetainfo(torrentOf(20_000, () => '1:a'.repeat(64)))
    expect(new Set(files.map(({ components }) => components.at(-1))).size).toBe(20_000)
  }, 60_000)

  it('of more path components than fit is refused', async () => {
    await expect(readMetainfo(torrentOf(35_000, () => '1:a'.repeat(60)))).rejects.toThrow(
      'all paths together have more than 2000000 components',
    )
  }, 60_000)

  it('with a path or name of 64 KiB is read, and with a longer one refused', () => {
    const long = 'x'.repeat(65_536)
    const [file] = parseMetainfo(torrentOf(1, () => text(long))).files
    expect(file?.components[0]).toHaveLength(240)
    expect(() => parseMetainfo(torrentOf(1, () => text(long) + text('y')))).toThrow('longer than')
    const named = `d4:infod6:lengthi1e4:name65537:${long}y12:piece lengthi1e6:pieces20:${'a'.repeat(20)}ee`
    expect(() => parseMetainfo(Buffer.from(named))).toThrow('the name has 65537 bytes')
  })

  it('with more than 2^53 bytes is refused', () => {
    const length = Number.MAX_SAFE_INTEGER
    const files = `d6:lengthi${length}e4:pathl1:aee`.repeat(2)
    const rest = `4:name1:x12:piece lengthi16384e6:pieces20:${'a'.repeat(20)}`
    expect(() => parseMetainfo(Buffer.from(`d4:infod5:filesl${files}e${rest}ee`))).toThrow('bytes')
  })

  it('with an info dictionary of just under 64 MiB is read, and with a longer one refused', async () => {
    const withPadding = (bytes: number): Buffer => {
      const head = `d4:infod6:lengthi1e4:name1:x12:piece lengthi1e6:pieces20:${'a'.repeat(20)}1:z${bytes}:`
      return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes), Buffer.from('ee')])
    }
    const work = readMetainfo(withPadding(64 * 1024 * 1024 - 200))
    await turnsDuring(work)
    expect((await work).name).toBe('x')
    await expect(readMetainfo(withPadding(64 * 1024 * 1024))).rejects.toThrow('bytes')
  }, 60_000)

  it('of three million pieces is read', async () => {
    const pieces = 3_000_000
    const head = `d4:infod6:lengthi${pieces * PIECE_LENGTH}e4:name1:x12:piece lengthi${PIECE_LENGTH}e6:pieces${pieces * 20}:`
    const torrentFile = Buffer.concat([
      Buffer.from(head),
      Buffer.alloc(pieces * 20),
      Buffer.from('ee'),
    ])
    expect((await readMetainfo(torrentFile)).pieceCount).toBe(pieces)
  }, 60_000)
})

describe('what is deep or long, but no torrent', () => {
  it.each([
    ['lists without end', `d4:info${'l'.repeat(1_000_000)}`],
    ['dictionaries without end', 'd1:a'.repeat(250_000)],
    ['257 levels that end', `d4:info${'l'.repeat(257)}${'e'.repeat(258)}`],
    ['a million keys', `d${'1:ai1e'.repeat(1_000_000)}e`],
    ['a million equal tiers', `d13:announce-listl${'l1:ae'.repeat(1_000_000)}ee`],
  ])(
    '%s',
    async (_, bencode) => {
      await expect(readMetainfo(Buffer.from(bencode))).rejects.toMatchObject({
        kind: 'invalid-torrent',
      })
    },
    60_000,
  )
})
