import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Metainfo, parseMetainfo } from '../../src/torrents/metainfo.ts'
import { findExisting, outputFolderFor, resolveInside } from '../../src/torrents/output-folder.ts'
import { storedFiles } from '../../src/torrents/store/file-layout.ts'
import { makeTorrent, singleFile } from '../helpers/make-torrent.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

function folderTorrent(name: string, ...paths: readonly string[]): Metainfo {
  const files = paths.map((path) => ({ path: path.split('/'), data: Buffer.from(path) }))
  return parseMetainfo(makeTorrent(name, files).torrentFile)
}

describe('resolveInside()', () => {
  it.each([
    ['movies', '/data/movies'],
    ['/data/movies', '/data/movies'],
    ['', '/data'],
    ['/data/', '/data'],
    ['a/../b', '/data/b'],
    ['..a', '/data/..a'],
    ['a/.tributary', '/data/a/.tributary'],
  ])('takes %j', (wanted, expected) => {
    expect(resolveInside('/data', wanted)).toBe(expected)
  })

  it.each([
    ...['..', '../data2', '/', '/data2', '/etc', 'a/../../b', 'a\0b'],
    ...['.tributary', '.tributary/x', '/data/.tributary', 'a/../.tributary'],
  ])('refuses %j', (wanted) => {
    expect(() => resolveInside('/data', wanted)).toThrow(
      expect.objectContaining({ kind: 'bad-folder' }),
    )
  })
})

describe('outputFolderFor()', () => {
  const film = parseMetainfo(singleFile('film.mkv', Buffer.from('film')).torrentFile)
  const show = folderTorrent('Show', 'e1.mkv', 'extra/e2.mkv')
  const distinct = ({ name, infoHash }: Metainfo): string => `${name} (${infoHash.slice(0, 8)})`

  it('is the data folder for one file, and a folder of the name for several', () => {
    expect(outputFolderFor(film, '/data', null, new Set())).toBe('/data')
    expect(outputFolderFor(show, '/data', null, new Set())).toBe('/data/Show')
  })

  it('is what was wanted', () => {
    expect(outputFolderFor(show, '/data', '/data/tv', new Set())).toBe('/data/tv')
  })

  it.each([
    ['has one of its files', show, ['/data/Show/e1.mkv']],
    ['has a file where it has its folder', show, ['/data/Show']],
    ['has a file where it has a folder further down', show, ['/data/Show/extra']],
    ['has a folder where it has its file', film, ['/data/film.mkv/']],
    ['has a folder where it has a file further down', show, ['/data/Show/e1.mkv/']],
  ])('is a folder of its own where another torrent %s', (_, metainfo, taken) => {
    const expected = join('/data', distinct(metainfo))
    expect(outputFolderFor(metainfo, '/data', null, new Set(taken))).toBe(expected)
  })

  it('keeps a folder of its own below the wanted one', () => {
    const expected = join('/data/tv', distinct(show))
    expect(outputFolderFor(show, '/data', '/data/tv', new Set(['/data/tv/e1.mkv']))).toBe(expected)
  })

  it('shares a folder with others as long as all paths differ', () => {
    const taken = new Set(['/data/Show/e9.mkv', '/data/Show/', '/data/Show/extra/'])
    expect(outputFolderFor(show, '/data', null, taken)).toBe('/data/Show')
  })

  it("never is the server's own folder", () => {
    for (const metainfo of [
      folderTorrent('.tributary', 'session.json'),
      parseMetainfo(singleFile('.tributary', Buffer.from('x')).torrentFile),
    ]) {
      const expected = join('/data', distinct(metainfo))
      expect(outputFolderFor(metainfo, '/data', null, new Set())).toBe(expected)
    }
  })
})

describe('findExisting()', () => {
  const show = folderTorrent('Show', 'e1.mkv', 'e2.mkv')

  it('finds nothing where nothing is', async () => {
    const files = storedFiles(show.files, join(await temporaryFolder(), 'Show'))
    expect(await findExisting(files)).toEqual({ existing: null, tooLarge: null })
  })

  it('finds files, empty ones too, and tells those that are too large', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'e1.mkv'), '')
    await writeFile(join(folder, 'e2.mkv'), 'longer than e2.mkv')
    expect(await findExisting(storedFiles(show.files, folder))).toEqual({
      existing: join(folder, 'e1.mkv'),
      tooLarge: join(folder, 'e2.mkv'),
    })
  })

  it('finds what is behind a link', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'elsewhere'))
    await writeFile(join(folder, 'elsewhere', 'e1.mkv'), 'x')
    await symlink(join(folder, 'elsewhere'), join(folder, 'Show'))
    const { existing } = await findExisting(storedFiles(show.files, join(folder, 'Show')))
    expect(existing).toBe(join(folder, 'Show', 'e1.mkv'))
  })

  it('finds a file where the folder should be', async () => {
    const folder = join(await temporaryFolder(), 'Show')
    await writeFile(folder, 'a file')
    expect(await findExisting(storedFiles(show.files, folder))).toEqual({
      existing: join(folder, 'e1.mkv'),
      tooLarge: null,
    })
  })
})
