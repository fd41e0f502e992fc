import { describe, expect, it } from 'vitest'
import { Library } from '../../../src/library/library.ts'
import { silentLogger } from '../../../src/log.ts'
import { changeOf, childrenOf, libraryOf } from '../../helpers/browsed-library.ts'
import { memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

const SHOW = torrentOf('The Show', [
  'Season 1/The.Show.S01E10.mkv',
  'Season 1/The.Show.S01E02.mkv',
  'Season 2/the show 2x01.mkv',
])
const FILM = torrentOf('River.2021', ['River.2021.1080p/River.2021.1080p.mkv'])

function titlesOf(library: Library, id: string): readonly string[] {
  return childrenOf(library, id).map(({ title }) => title)
}

describe('views of what comes and goes', () => {
  const paths = Array.from({ length: 400 }, (_, n) => `Show ${n % 3}.S0${n % 7}E${n}.mkv`)
  const big = torrentOf('Big', paths)

  it('lose a torrent at once, and have one of many names a moment later', async () => {
    const { shelf, library } = libraryOf(SHOW)
    const ids = childrenOf(library, 'V').map(({ id }) => id)
    shelf.add(big)
    expect(titlesOf(library, 'V')).toHaveLength(3)
    await changeOf(library)
    expect(titlesOf(library, 'V')).toHaveLength(403)
    expect(titlesOf(library, 'S')).toEqual(['Show 0', 'Show 1', 'Show 2', 'The Show'])
    shelf.remove(big)
    expect(childrenOf(library, 'V').map(({ id }) => id)).toEqual(ids)
  })

  it('never show one that was removed while its names were read', async () => {
    const { shelf, library } = libraryOf(SHOW)
    shelf.add(big)
    shelf.remove(big)
    shelf.add(FILM)
    await changeOf(library)
    expect(titlesOf(library, 'V')).toHaveLength(4)
  })

  it('tell nobody of what is read when the library has been closed', async () => {
    const updateIds = memoryStore()
    const shelf = new TorrentShelf()
    const library = new Library({ source: shelf, updateIds, log: silentLogger() })
    shelf.add(big)
    library.close()
    const told = updateIds.read()
    // It begins later, and so ends later.
    await changeOf(libraryOf(big).library)
    expect(updateIds.read()).toBe(told)
    expect(titlesOf(library, 'V')).toEqual([])
  })

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])(
    'have files of one title in the same order after a restart: %s, then %s',
    async (one, other) => {
      const others = Array.from({ length: 20 }, (_, n) => torrentOf(`${n}`, [`Film ${n}.2001.mkv`]))
      const { shelf, library } = libraryOf()
      for (const torrent of others) shelf.add(torrent)
      for (const name of [one, other]) shelf.add(torrentOf(name, ['Spring.2019.mkv']))
      const again = new Library({ source: shelf, updateIds: memoryStore(), log: silentLogger() })
      await changeOf(again)
      const shownBy = (shown: Library, id: string) =>
        childrenOf(shown, id).map(({ id, title }) => `${id} ${title}`)
      expect(titlesOf(library, 'F').slice(-2)).toEqual(['Spring (2019)', 'Spring (2019) [2]'])
      for (const id of ['V', 'F', 'R']) expect(shownBy(again, id)).toEqual(shownBy(library, id))
    },
  )

  it('are the same in whatever order torrents came, and after a restart', async () => {
    const first = libraryOf(FILM)
    first.shelf.add(SHOW)
    first.shelf.add(big)
    await changeOf(first.library)
    const second = libraryOf(big, SHOW, FILM)
    await changeOf(second.library)
    for (const id of ['V', 'F', 'S']) {
      expect(childrenOf(second.library, id)).toEqual(childrenOf(first.library, id))
    }
  })
})
