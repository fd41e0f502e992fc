import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Metainfo, parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { Places } from '../../../src/torrents/session/places.ts'
import type { TorrentRecord } from '../../../src/torrents/state/session-record.ts'
import { makeTorrent, singleFile } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const film = single('film.mkv', 'one')
const otherFilm = single('film.mkv', 'another')

function single(name: string, content: string): Metainfo {
  return parseMetainfo(singleFile(name, Buffer.from(content)).torrentFile)
}

function folder(name: string, path: readonly string[]): Metainfo {
  return parseMetainfo(makeTorrent(name, [{ path, data: Buffer.from('x') }]).torrentFile)
}

function recordOf({ infoHash }: Metainfo, changes: Partial<TorrentRecord> = {}): TorrentRecord {
  return {
    ...{
      id: 0,
      infoHash,
      addedAt: new Date(0),
      isPaused: false,
      onlyFiles: null,
      exactSources: [],
    },
    ...{ outputFolder: null, wantedFolder: null, adopt: false, name: null },
    ...{ trackers: [], peers: [] },
    ...changes,
  }
}

function distinct(data: string, { name, infoHash }: Metainfo): string {
  return join(data, `${name} (${infoHash.slice(0, 8)})`)
}

describe('Places', () => {
  it('gives the second torrent of one name a folder of its own', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    expect(await places.claim(recordOf(film), film)).toBe(data)
    expect(await places.claim(recordOf(otherFilm), otherFilm)).toBe(distinct(data, otherFilm))
    expect(places.relative(data)).toBe('')
  })

  it('keeps two apart that are added at the same moment', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    const folders = await Promise.all([
      places.claim(recordOf(film), film),
      places.claim(recordOf(otherFilm), otherFilm),
    ])
    expect(folders).toEqual([data, distinct(data, otherFilm)])
  })

  it('keeps files and folders of one name apart, either way round', async () => {
    const data = await temporaryFolder()
    const show = folder('film.mkv', ['e1.mkv'])
    const first = new Places(data)
    await first.claim(recordOf(film), film)
    expect(await first.claim(recordOf(show), show)).toBe(distinct(data, show))
    const second = new Places(data)
    await second.claim(recordOf(show), show)
    expect(await second.claim(recordOf(film), film)).toBe(distinct(data, film))
  })

  it('keeps them apart below a wanted folder, too', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    const wantedFolder = join(data, 'tv')
    await places.claim(recordOf(film, { wantedFolder }), film)
    const deep = folder('Show', ['film.mkv', 'e1.mkv'])
    const expected = distinct(wantedFolder, deep)
    expect(await places.claim(recordOf(deep, { wantedFolder }), deep)).toBe(expected)
  })

  it('tells a torrent its own place again', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await places.claim(recordOf(film), film)
    await writeFile(join(data, 'film.mkv'), 'one')
    expect(await places.claim(recordOf(film), film)).toBe(data)
  })

  it('tells where a torrent would get its place, and keeps nothing of it', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await places.claim(recordOf(film), film)
    const planned = await places.placeFor(otherFilm, null)
    expect(await places.placeFor(otherFilm, null)).toBe(planned)
    expect(await places.claim(recordOf(otherFilm), otherFilm)).toBe(planned)
    expect(planned).not.toBe(data)
    expect(await places.placeFor(otherFilm, null)).toBe(planned)
  })

  it('refuses files that are in the way, and keeps nothing of it', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await writeFile(join(data, 'film.mkv'), 'mine')
    await expect(places.claim(recordOf(film), film)).rejects.toMatchObject({
      kind: 'files-exist',
      message: expect.stringContaining(join(data, 'film.mkv')),
    })
    await rm(join(data, 'film.mkv'))
    expect(await places.claim(recordOf(otherFilm), otherFilm)).toBe(data)
  })

  it('refuses twice what is asked for twice at once', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await writeFile(join(data, 'film.mkv'), 'mine')
    const claims = [places.claim(recordOf(film), film), places.claim(recordOf(film), film)]
    const outcomes = await Promise.allSettled(claims)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('takes files over where that was asked for, or was done in an earlier run', async () => {
    const data = await temporaryFolder()
    await writeFile(join(data, 'film.mkv'), 'mine')
    expect(await new Places(data).claim(recordOf(film, { adopt: true }), film)).toBe(data)
    expect(await new Places(data).claim(recordOf(film, { outputFolder: '' }), film)).toBe(data)
  })

  it('knows the places of an earlier run', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    void places.restore(film, data)
    expect(await places.claim(recordOf(otherFilm), otherFilm)).toBe(distinct(data, otherFilm))
  })

  it('gives a place to the next when it is released', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await places.claim(recordOf(film), film)
    void places.release(film.infoHash)
    expect(await places.claim(recordOf(otherFilm), otherFilm)).toBe(data)
  })

  it('does not mind folders that exist', async () => {
    const data = await temporaryFolder()
    await mkdir(join(data, 'Show'))
    const show = folder('Show', ['e1.mkv'])
    expect(await new Places(data).claim(recordOf(show), show)).toBe(join(data, 'Show'))
  })
})

describe('two torrents never share a path', () => {
  /** A torrent that is called as the place of its own that another would get. */
  function squatter(other: Metainfo, path: readonly string[], suffix = ''): Metainfo {
    return folder(`${other.name} (${other.infoHash.slice(0, 8)})${suffix}`, path)
  }

  it('where a torrent is called as the place that another gets', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    const first = folder('V', ['f'])
    const second = parseMetainfo(
      makeTorrent('V', [{ path: ['f'], data: Buffer.from('y') }]).torrentFile,
    )
    const third = squatter(second, ['f'])
    const fourth = squatter(second, ['f'], ' (2)')
    const folders: string[] = []
    for (const metainfo of [first, third, fourth, second]) {
      folders.push(await places.claim(recordOf(metainfo), metainfo))
    }
    expect(new Set(folders).size).toBe(4)
    expect(folders[3]).toBe(join(data, `V (${second.infoHash.slice(0, 8)}) (3)`))
  })

  it.each([
    ['case', 'Show', 'SHOW'],
    ['case that is one letter more', 'Stra\u00dfe', 'STRASSE'],
    ['a Unicode normal form', 'Caf\u00e9', 'Cafe\u0301'],
    ['a dot at the end', 'Show', 'Show.'],
    ['what exFAT refuses', 'What?', 'What_'],
    ['what exFAT refuses, both', 'a:b', 'a|b'],
  ])('where only %s tells them apart: %j and %j', async (_, one, other) => {
    const data = await temporaryFolder()
    const places = new Places(data)
    const first = folder(one, ['e1.mkv'])
    const second = folder(other, ['E1.MKV'])
    expect(await places.claim(recordOf(first), first)).toBe(join(data, first.name))
    expect(await places.claim(recordOf(second), second)).not.toBe(join(data, second.name))
  })

  it('where a file of one is a folder of the other, but for case', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    const show = folder('FILM.mkv', ['e1.mkv'])
    await places.claim(recordOf(film), film)
    expect(await places.claim(recordOf(show), show)).toBe(distinct(data, show))
  })

  it("where one is called as the server's own folder, but for case", async () => {
    const data = await temporaryFolder()
    const state = folder('.Tributary', ['session.json'])
    expect(await new Places(data).claim(recordOf(state), state)).toBe(distinct(data, state))
  })

  it('and the next place is taken where files of nobody are in the way of its own', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await places.claim(recordOf(film), film)
    const own = distinct(data, otherFilm)
    await mkdir(own)
    await writeFile(join(own, 'film.mkv'), 'somebody')
    expect(await places.claim(recordOf(otherFilm), otherFilm)).toBe(`${own} (2)`)
  })

  it('also when the one before is gone, whose paths another shared', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    // Two of an earlier run, when that could happen.
    void places.restore(film, data)
    void places.restore(otherFilm, data)
    await places.release(film.infoHash)
    const third = single('film.mkv', 'a third')
    expect(await places.claim(recordOf(third), third)).toBe(distinct(data, third))
    await places.release(otherFilm.infoHash)
    await places.release(third.infoHash)
    expect(await places.claim(recordOf(third), third)).toBe(data)
  })

  it('and is refused where no place is left', async () => {
    const data = await temporaryFolder()
    const places = new Places(data)
    await places.claim(recordOf(film), film)
    for (let copy = 1; copy <= 30; copy++) {
      const other = folder(
        `film.mkv (${otherFilm.infoHash.slice(0, 8)})${copy > 1 ? ` (${copy})` : ''}`,
        ['film.mkv'],
      )
      await places.claim(recordOf(other), other)
    }
    await expect(places.claim(recordOf(otherFilm), otherFilm)).rejects.toMatchObject({
      kind: 'files-exist',
    })
  })
})

describe('a wanted folder', () => {
  it('that links lead out of the data folder is refused', async () => {
    const data = await temporaryFolder()
    await symlink(await temporaryFolder(), join(data, 'out'))
    const record = recordOf(film, { wantedFolder: 'out/films', adopt: true })
    await expect(new Places(data).claim(record, film)).rejects.toMatchObject({
      kind: 'bad-folder',
    })
  })
})
