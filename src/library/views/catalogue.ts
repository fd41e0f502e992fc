import type { Steps } from '../../concurrency/steps.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import { compareNatural } from '../../media/natural-order.ts'
import { type Release, ReleaseReader, rehearseReleases, videoRank } from '../names/release.ts'
import { byTitle, placeOf, type Titled, titled } from '../sorting/object-order.ts'
import { sortedSteps } from '../sorting/sorted-steps.ts'
import type { TorrentTree } from '../tree/torrent-tree.ts'
import { byFilm, toldApart } from './film-titles.ts'

/** A file that is shown in a view. */
export interface Entry extends Titled {
  readonly tree: TorrentTree
  readonly fileIndex: number
}

export type Episode = Extract<Release, { kind: 'episode' }>

export interface FilmEntry extends Entry {
  readonly film: Extract<Release, { kind: 'film' }>
}

export interface EpisodeEntry extends Entry {
  readonly episode: Episode
}

/** What is shown as new of one torrent. */
export interface RecentFiles {
  readonly tree: TorrentTree
  readonly entries: readonly Entry[]
}

/** The files of the library by what they are, each list in the order that it is shown in. */
export interface Catalogue {
  readonly video: readonly Entry[]
  readonly audio: readonly Entry[]
  readonly images: readonly Entry[]
  /** The newest torrent first. */
  readonly recent: readonly RecentFiles[]
  /** Releases of one film have what tells them apart in their titles. */
  readonly films: readonly FilmEntry[]
  /** Series by series, in it season by season. */
  readonly episodes: readonly EpisodeEntry[]
}

export const EMPTY_CATALOGUE: Catalogue = {
  video: [],
  audio: [],
  images: [],
  recent: [],
  films: [],
  episodes: [],
}

/** What is new is seen at a glance. */
const RECENT_FILES_OF_TORRENT = 50

/** A torrent of more videos is neither film nor series, and their names take seconds to be read. */
const MOST_RELEASES = 20_000

/** Files looked at, and names of releases read, in one step. */
const STEP_FILES = 256
const STEP_NAMES = 8

/** So much fewer are put where they belong one by one. */
const FEW = 16

/** Of one torrent. */
export function* catalogueOf(tree: TorrentTree): Steps<Catalogue> {
  const all: Record<'video' | 'audio' | 'image', Entry[]> = { video: [], audio: [], image: [] }
  let looked = 0
  for (const fileIndex of tree.listedFiles()) {
    if (looked++ % STEP_FILES === 0) yield
    const name = tree.torrent.files[fileIndex]?.components.at(-1) ?? ''
    const kind = mediaTypeOf(name)?.kind ?? 'subtitle'
    if (kind !== 'subtitle') all[kind].push(entryOf(tree, fileIndex, tree.fileTitle(fileIndex)))
  }
  const { films, episodes } = yield* releasesOf(tree, all.video)
  const entries = [...all.video, ...all.audio, ...all.image].slice(0, RECENT_FILES_OF_TORRENT)
  return {
    video: yield* sortedSteps(all.video, byTitle),
    audio: yield* sortedSteps(all.audio, byTitle),
    images: yield* sortedSteps(all.image, byTitle),
    recent: entries.length === 0 ? [] : [{ tree, entries }],
    films: toldApart(yield* sortedSteps(films, byFilm)),
    episodes: yield* sortedSteps(episodes, byEpisode),
  }
}

/** No spread: each object would have a shape of its own. */
function entryOf(tree: TorrentTree, fileIndex: number, shown: string): Entry {
  const { title, key } = titled(shown)
  return { tree, fileIndex, title, key }
}

function* releasesOf(
  tree: TorrentTree,
  videos: readonly Entry[],
): Steps<{ films: FilmEntry[]; episodes: EpisodeEntry[] }> {
  const { name, files } = tree.torrent
  const films: FilmEntry[] = []
  const episodes: EpisodeEntry[] = []
  if (videos.length > MOST_RELEASES) return { films, episodes }
  yield* rehearseReleases()
  const reader = new ReleaseReader(name)
  for (const [count, entry] of videos.entries()) {
    if (count % STEP_NAMES === 0) yield
    const { fileIndex } = entry
    const file = files[fileIndex]
    if (file === undefined) continue
    const release = reader.read(file.components, videoRank(file, videos.length === 1))
    if (release.kind === 'film') {
      const { title, key } = titled(release.title)
      films.push({ tree, fileIndex, title, key, film: release })
    }
    if (release.kind === 'episode') {
      const { title, key } = titled(release.title)
      episodes.push({ tree, fileIndex, title, key, episode: release })
    }
  }
  return { films, episodes }
}

/** A catalogue without some torrents and with what others have; the same in whatever order they came. */
export function* changedCatalogue(
  before: Catalogue,
  removed: ReadonlySet<TorrentTree>,
  added: readonly Catalogue[],
): Steps<Catalogue> {
  const change = <Item extends OfTorrent>(
    list: (catalogue: Catalogue) => readonly Item[],
    compare: (a: Item, b: Item) => number,
  ): Steps<readonly Item[]> =>
    changedList(
      list(before).filter(({ tree }) => !removed.has(tree)),
      added.flatMap(list).filter(({ tree }) => !removed.has(tree)),
      (a, b) => compare(a, b) || byTorrent(a, b),
    )
  return {
    video: yield* change<Entry>(({ video }) => video, byTitle),
    audio: yield* change<Entry>(({ audio }) => audio, byTitle),
    images: yield* change<Entry>(({ images }) => images, byTitle),
    recent: yield* change(({ recent }) => recent, byDate),
    films: toldApart(yield* change(({ films }) => films, byFilm)),
    episodes: yield* change(({ episodes }) => episodes, byEpisode),
  }
}

function* changedList<Item>(
  list: readonly Item[],
  added: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Steps<readonly Item[]> {
  yield
  if (added.length * FEW > list.length) return yield* sortedSteps([...list, ...added], compare)
  const changed: Item[] = []
  let end = 0
  for (const item of yield* sortedSteps(added, compare)) {
    const place = placeOf(list, item, compare)
    for (const before of list.slice(end, place)) changed.push(before)
    changed.push(item)
    end = place
  }
  for (const before of list.slice(end)) changed.push(before)
  return changed
}

type OfTorrent = Pick<Entry, 'tree'>

/** Files of one torrent stay as they are. */
function byTorrent(a: OfTorrent, b: OfTorrent): number {
  const [hash, other] = [a.tree.torrent.infoHash, b.tree.torrent.infoHash]
  if (hash === other) return 0
  return hash < other ? -1 : 1
}

function byDate(a: OfTorrent, b: OfTorrent): number {
  return (b.tree.torrent.addedAt.getTime() || 0) - (a.tree.torrent.addedAt.getTime() || 0)
}

/** All spellings of one series stand together. */
function byEpisode(a: EpisodeEntry, b: EpisodeEntry): number {
  return (
    compareNatural(a.episode.seriesSpelling, b.episode.seriesSpelling) ||
    a.episode.season - b.episode.season ||
    a.episode.episode - b.episode.episode ||
    byTitle(a, b)
  )
}
