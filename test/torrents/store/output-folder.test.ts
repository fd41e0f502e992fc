import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Metainfo, parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { storedFiles } from '../../../src/torrents/store/file-layout.ts'
import {
  findInTheWay,
  foldersFor,
  requireRealInside,
  resolveInside,
} from '../../../src/torrents/store/output-folder.ts'
import { makeTorrent, singleFile } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

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

describe('requireRealInside()', () => {
  it('takes folders inside, also those that are not there yet, and links that stay inside', async () => {
    const data = await temporaryFolder()
    await mkdir(join(data, 'movies'))
    await symlink(join(data, 'movies'), join(data, 'films'))
    for (const name of ['', 'movies', 'films', 'films/new/deep', 'new']) {
      await expect(requireRealInside(data, join(data, name))).resolves.toBeUndefined()
    }
  })

  it('takes a data folder that is itself a link', async () => {
    const data = await temporaryFolder()
    const link = join(await temporaryFolder(), 'data')
    await symlink(data, link)
    await expect(requireRealInside(link, join(link, 'movies'))).resolves.toBeUndefined()
  })

  it('says why a folder cannot be used', async () => {
    const data = await temporaryFolder()
    await writeFile(join(data, 'film.mkv'), '')
    await expect(requireRealInside(data, join(data, 'film.mkv', 'x'))).rejects.toMatchObject({
      kind: 'bad-folder',
      message: `${join(data, 'film.mkv', 'x')} cannot be used: not a directory`,
    })
  })

  it('refuses what links lead outside, nowhere, or to the server itself', async () => {
    const data = await temporaryFolder()
    await mkdir(join(data, '.tributary'))
    await symlink(await temporaryFolder(), join(data, 'out'))
    await symlink('/no/such/folder', join(data, 'nowhere'))
    await symlink('.tributary', join(data, 'state'))
    await symlink('loop', join(data, 'loop'))
    for (const name of ['out', 'out/new', 'nowhere', 'nowhere/new', 'state', 'state/x', 'loop']) {
      await expect(requireRealInside(data, join(data, name)), name).rejects.toMatchObject({
        kind: 'bad-folder',
      })
    }
  })
})

describe('foldersFor()', () => {
  const film = parseMetainfo(singleFile('film.mkv', Buffer.from('film')).torrentFile)
  const show = folderTorrent('Show', 'e1.mkv', 'extra/e2.mkv')
  const distinct = ({ name, infoHash }: Metainfo): string => `${name} (${infoHash.slice(0, 8)})`

  it('begins with the data folder for one file, and a folder of the name for several', () => {
    expect(foldersFor(film, '/data', null)[0]).toBe('/data')
    expect(foldersFor(show, '/data', null)[0]).toBe('/data/Show')
    expect(foldersFor(show, '/data', '/data/tv')[0]).toBe('/data/tv')
  })

  it('goes on with folders of its own, which all differ', () => {
    const [, first, second, ...more] = foldersFor(show, '/data', null)
    expect([first, second]).toEqual([`/data/${distinct(show)}`, `/data/${distinct(show)} (2)`])
    expect(foldersFor(show, '/data', '/data/tv')[1]).toBe(`/data/tv/${distinct(show)}`)
    expect(new Set(more).size).toBe(more.length)
  })

  it('leaves room for what is put behind a long name', () => {
    const long = folderTorrent('\u00e9'.repeat(119), 'a')
    for (const folder of foldersFor(long, '/data', null)) {
      expect(Buffer.byteLength(basename(folder))).toBeLessThanOrEqual(255)
    }
  })
})

describe('findInTheWay()', () => {
  const show = folderTorrent('Show', 'e1.mkv', 'extra/e2.mkv')
  const inTheWay = (data: string): Promise<string | null> =>
    findInTheWay(storedFiles(show.files, join(data, 'Show')), data)

  it('finds nothing where nothing is, or only folders and other files', async () => {
    const data = await temporaryFolder()
    expect(await inTheWay(data)).toBeNull()
    await mkdir(join(data, 'Show', 'extra'), { recursive: true })
    await writeFile(join(data, 'Show', 'E1.txt'), 'x')
    expect(await inTheWay(data)).toBeNull()
  })

  it('finds files, empty ones too, and folders in their places', async () => {
    const data = await temporaryFolder()
    await mkdir(join(data, 'Show', 'extra', 'e2.mkv'), { recursive: true })
    expect(await inTheWay(data)).toBe(join(data, 'Show', 'extra', 'e2.mkv'))
    await writeFile(join(data, 'Show', 'e1.mkv'), '')
    expect(await inTheWay(data)).toBe(join(data, 'Show', 'e1.mkv'))
  })

  it('finds what is behind a link', async () => {
    const data = await temporaryFolder()
    await mkdir(join(data, 'elsewhere'))
    await writeFile(join(data, 'elsewhere', 'e1.mkv'), 'x')
    await symlink(join(data, 'elsewhere'), join(data, 'Show'))
    expect(await inTheWay(data)).toBe(join(data, 'Show', 'e1.mkv'))
  })

  it('finds a file where a folder should be', async () => {
    const data = await temporaryFolder()
    await mkdir(join(data, 'Show'))
    await writeFile(join(data, 'Show', 'extra'), 'a file')
    expect(await inTheWay(data)).toBe(join(data, 'Show', 'extra', 'e2.mkv'))
    const other = await temporaryFolder()
    await writeFile(join(other, 'Show'), 'a file')
    expect(await inTheWay(other)).toBe(join(other, 'Show', 'e1.mkv'))
  })
})
