import { createHash, randomBytes } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createTorrent,
  pieceLengthFor,
} from '../../../../src/torrents/metainfo/creation/create-torrent.ts'
import { parseMagnet } from '../../../../src/torrents/metainfo/magnet.ts'
import { parseMetainfo } from '../../../../src/torrents/metainfo/metainfo.ts'
import { openSession, until } from '../../../helpers/sessions.ts'
import { temporaryFolder } from '../../../helpers/temporary-folder.ts'

const MIB = 1024 * 1024

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}

describe('a torrent made of a path', () => {
  it('has the pieces of all files of a folder, in the order of their paths', async () => {
    const folder = join(await temporaryFolder(), 'Season 1')
    await mkdir(join(folder, 'Subs'), { recursive: true })
    const [film, subtitle, second] = [randomBytes(300_000), randomBytes(7), randomBytes(100_000)]
    await writeFile(join(folder, 'b.mkv'), second)
    await writeFile(join(folder, 'a.mkv'), film)
    await writeFile(join(folder, 'Subs', 'a.srt'), subtitle)
    await writeFile(join(folder, '.DS_Store'), 'left behind')
    await symlink('/etc/passwd', join(folder, 'link'))

    const progress: number[] = []
    const made = await createTorrent(folder, {
      pieceLength: 65_536,
      trackers: ['http://one.test/announce', 'udp://two.test:6969'],
      webSeeds: ['https://files.test/films/'],
      onProgress: (hashed, length) => progress.push(hashed, length),
    })

    const metainfo = parseMetainfo(made.torrentFile)
    expect(metainfo).toMatchObject({
      ...{ name: 'Season 1', isFolder: true, isPrivate: false, length: 400_007 },
      trackers: ['http://one.test/announce', 'udp://two.test:6969'],
      webSeeds: ['https://files.test/films/'],
    })
    expect(metainfo.files.map(({ components }) => components.join('/'))).toEqual(
      ['Subs/a.srt', 'a.mkv', 'b.mkv'].map((path) => expect.stringContaining(path)),
    )
    const all = Buffer.concat([subtitle, film, second])
    const pieces = Array.from({ length: metainfo.pieceCount }, (_, index) =>
      sha1(all.subarray(index * 65_536, (index + 1) * 65_536)),
    )
    expect(Buffer.from(metainfo.pieceHashes).toString('hex')).toBe(pieces.join(''))
    expect(made).toMatchObject({ infoHash: sha1(metainfo.infoBytes), fileCount: 3 })
    expect(parseMagnet(made.magnet)).toMatchObject({
      ...{ infoHash: made.infoHash, name: 'Season 1' },
      ...{ trackers: metainfo.trackers, webSeeds: metainfo.webSeeds },
    })
    expect(progress).toContain(400_007)
  })

  it('of one file is complete in a session that has the file', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'Film & more.mkv')
    await writeFile(path, randomBytes(700_001))
    const made = await createTorrent(path, { isPrivate: true })
    const session = await openSession({ folder })
    const { torrent } = await session.add(made.torrentFile, { overwrite: true })
    await until(session, () => torrent.state.kind === 'live')
    expect(torrent.stats()).toMatchObject({ finished: true, totalBytes: 700_001 })
    expect(parseMetainfo(made.torrentFile)).toMatchObject({ isPrivate: true, isFolder: false })
  })

  it('is refused with the reason where there is nothing to share', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'empty'), '')
    await writeFile(join(folder, 'film.mkv'), 'x')
    await mkdir(join(folder, 'odd'))
    await writeFile(join(folder, 'odd', 'a\u202eb'), 'x')
    const reasonFor = (name: string, options = {}): Promise<unknown> =>
      createTorrent(join(folder, name), options).catch((error: Error) => error.message)
    expect(await reasonFor('missing')).toContain('no such file or directory')
    expect(await reasonFor('empty')).toContain('is empty')
    expect(await reasonFor('odd')).toContain('rename')
    expect(await reasonFor('film.mkv', { pieceLength: 100_000 })).toContain('power of two')
    expect(await reasonFor('film.mkv', { trackers: ['file:///x'] })).toContain('file:///x')
    expect(await reasonFor('film.mkv', { webSeeds: ['ftp://x/'] })).toContain('ftp://x/')
    expect(await reasonFor('film.mkv', { name: '../x' })).toContain('../x')
  })

  it('is given up at a signal', async () => {
    const path = join(await temporaryFolder(), 'film.mkv')
    await writeFile(path, randomBytes(32 * MIB))
    const controller = new AbortController()
    const reason = new Error('enough')
    const made = createTorrent(path, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    })
    await expect(made).rejects.toBe(reason)
  })

  it.each([
    [1, 256 * 1024],
    [700 * MIB, 512 * 1024],
    [8_000 * MIB, 8 * MIB],
    [100_000 * MIB, 16 * MIB],
  ])('of %i bytes has pieces of %i', (length, pieceLength) => {
    expect(pieceLengthFor(length)).toBe(pieceLength)
  })
})
