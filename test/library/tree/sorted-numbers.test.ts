import { expect, it } from 'vitest'
import { runAtOnce } from '../../../src/concurrency/steps.ts'
import { NO_FACTS } from '../../../src/library/facts/facts-source.ts'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import { TorrentTree } from '../../../src/library/tree/torrent-tree.ts'
import { silentLogger } from '../../../src/log.ts'
import { torrentOf } from '../../helpers/torrent-shelf.ts'

const PATHS = [
  'Extras/a.mkv',
  'Show.S02E03.mkv',
  'Show.S01E10.mkv',
  'song 07.mp3',
  'cover.jpg',
  'Film.mkv',
]

it.each(['size', 'date', 'season', 'episode'] as const)(
  'the %s of all objects at once is what each of them says',
  (property) => {
    const known = { subtitles: new SubtitleCatalog([], NO_FACTS), facts: NO_FACTS }
    const torrent = torrentOf('Mixed', PATHS)
    const tree = runAtOnce(TorrentTree.grow(torrent, known, silentLogger()))
    const list = tree.children({ kind: 'torrent', infoHash: torrent.infoHash })
    const places = [...Array(list?.length ?? 0).keys()]
    expect(places).toHaveLength(PATHS.length)
    expect([...(list?.numbersOf?.(property) ?? [])]).toEqual(
      places.map((place) => list?.valueAt(place, property) ?? -1),
    )
  },
)

it('the classes of all objects at once sort as their names do', () => {
  const known = { subtitles: new SubtitleCatalog([], NO_FACTS), facts: NO_FACTS }
  const torrent = torrentOf('Mixed', PATHS)
  const tree = runAtOnce(TorrentTree.grow(torrent, known, silentLogger()))
  const list = tree.children({ kind: 'torrent', infoHash: torrent.infoHash })
  const named = [...(list?.numbersOf?.('class') ?? [])].map(
    (number, place) => [String(list?.valueAt(place, 'class')), number] as const,
  )
  const byName = named.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
  const byNumber = named.toSorted(([, a], [, b]) => a - b)
  expect(byNumber.map(([name]) => name)).toEqual(byName.map(([name]) => name))
  expect(new Set(named.map(([, number]) => number)).size).toBe(4)
})
