import { describe, expect, it } from 'vitest'
import type { UpdateIdStore } from '../../../src/library/changes/update-id.ts'
import { Library } from '../../../src/library/library.ts'
import { silentLogger } from '../../../src/log.ts'
import { changeOf, childrenOf, libraryOf } from '../../helpers/browsed-library.ts'
import { memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

const SHOW = torrentOf('The Show', ['The.Show.S01E10.mkv', 'The.Show.S02E01.mkv', 'theme.mp3'])

function libraryOn(source: TorrentShelf, updateIds: UpdateIdStore = memoryStore()): Library {
  return new Library({ source, updateIds, log: silentLogger() })
}

describe('systemUpdateId', () => {
  it('rises with what a TV can see, and with nothing else', () => {
    const shelf = new TorrentShelf([torrentOf('old', ['old.mkv'])])
    const library = libraryOn(shelf, memoryStore(7))
    const events: number[] = []
    library.on('changed', () => events.push(library.systemUpdateId))
    const film = torrentOf('Film', ['film.mkv'])
    const rar = torrentOf('rar', ['film.rar'])
    shelf.add(film)
    shelf.change(film)
    shelf.add(rar)
    shelf.change({ ...film })
    shelf.remove(rar)
    shelf.remove(film)
    shelf.remove(film)
    expect(events).toEqual([8, 9])
  })

  it('goes on after a restart, and from 2^32 - 1 to 0', () => {
    const store = memoryStore(2 ** 32 - 2)
    const shelf = new TorrentShelf()
    libraryOn(shelf, store).once('changed', () => {})
    shelf.add(torrentOf('a', ['a.mkv']))
    const next = new TorrentShelf(shelf.torrents)
    const restarted = libraryOn(next, store)
    expect(restarted.systemUpdateId).toBe(2 ** 32 - 1)
    next.add(torrentOf('b', ['b.mkv']))
    expect(restarted.systemUpdateId).toBe(0)
  })

  it('rises in memory when it cannot be kept', () => {
    const shelf = new TorrentShelf()
    const library = libraryOn(shelf, {
      read: () => 1,
      write: () => {
        throw new Error('disk full')
      },
    })
    shelf.add(torrentOf('a', ['a.mkv']))
    expect(library.systemUpdateId).toBe(2)
  })
})

describe('the containers that an event names', () => {
  /** Of the changes that `act` makes. */
  function changedBy(library: Library, act: () => void): readonly string[] {
    const before = library.systemUpdateId
    act()
    return [...library.containersChangedSince(before).keys()]
  }

  it('are the series and seasons of episodes that come and go as well', () => {
    const { shelf, library } = libraryOf(SHOW)
    const [series] = childrenOf(library, 'S')
    const [first, second] = childrenOf(library, series?.id ?? '')
    const more = torrentOf('More', ['The.Show.S02E02.mkv'])
    for (const act of [() => shelf.add(more), () => shelf.remove(more)]) {
      const changed = changedBy(library, act)
      expect(changed).toEqual(expect.arrayContaining([series?.id, second?.id, 'S', '0']))
      expect(changed).not.toContain(first?.id)
    }
  })

  it('are those of many episodes as well, when their names have been read', async () => {
    const { shelf, library } = libraryOf()
    const paths = Array.from({ length: 30 }, (_, n) => `The.Show.S01E${n}.mkv`)
    shelf.add(torrentOf('Many', paths))
    const before = library.systemUpdateId
    await changeOf(library)
    const [series] = childrenOf(library, 'S')
    expect([...library.containersChangedSince(before).keys()]).toContain(`${series?.id}.1`)
  })

  it('are all in which a file is shown that was watched, by whichever entry', () => {
    const { library } = libraryOf(SHOW)
    const [series] = childrenOf(library, 'S')
    const [season] = childrenOf(library, series?.id ?? '')
    const [entry] = childrenOf(library, season?.id ?? '')
    const original = library.get((entry?.kind === 'item' && entry.refId) || '')
    const changed = changedBy(library, () =>
      library.setPlayback(entry?.id ?? '', { playCount: 1 }, new Date(0)),
    )
    expect(changed).toEqual(
      expect.arrayContaining([season?.id, 'V', 'R', 'C', '0', original?.parentId]),
    )
    expect(changed).not.toContain('A')
  })
})
