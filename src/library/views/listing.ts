import type { Steps } from '../../concurrency/steps.ts'
import { isArtwork } from '../files/junk.ts'
import type { ObjectId } from '../objects/object-id.ts'
import { encodeObjectId } from '../objects/object-id.ts'
import type { TorrentTree } from '../tree/torrent-tree.ts'
import type { Catalogue, Entry, EpisodeEntry, FilmEntry } from './catalogue.ts'

export type ListingKind = 'film' | 'series' | 'audio' | 'image' | 'other'

/** What a person sees as one thing: a film, the episodes of a series, an album, a folder of images. */
export interface ListedWork {
  /** The same after a restart. */
  readonly id: string
  readonly kind: ListingKind
  readonly title: string
  readonly year: number | null
  readonly tree: TorrentTree
  /** The object whose picture stands for it. */
  readonly pictureOf: ObjectId
  /** In the order in which they are played. */
  readonly entries: readonly (Entry | FilmEntry | EpisodeEntry)[]
}

/** Entries gone through in one step. */
const STEP_ENTRIES = 256

/** The works of the library, those that were added last first; series and albums are told apart by their torrents. */
export function* worksOf(catalogue: Catalogue): Steps<readonly ListedWork[]> {
  const works = new Map<string, Draft>()
  const seen: Seen = { files: new Set(), torrents: new Set() }
  const groups: readonly (readonly [ListingKind, readonly (Entry | EpisodeEntry)[]])[] = [
    ['film', catalogue.films],
    ['series', catalogue.episodes],
    ['other', catalogue.video],
    ['audio', catalogue.audio],
    ['image', catalogue.images],
  ]
  let looked = 0
  for (const [kind, entries] of groups) {
    for (const entry of entries) {
      if (looked++ % STEP_ENTRIES === 0) yield
      if (isSeenWithOthers(kind, entry, seen)) continue
      putInto(works, draftOf(kind, entry))
    }
  }
  return [...works.values()].sort((a, b) => addedAt(b) - addedAt(a))
}

interface Draft extends ListedWork {
  readonly entries: (Entry | FilmEntry | EpisodeEntry)[]
}

function draftOf(kind: ListingKind, entry: Entry | FilmEntry | EpisodeEntry): Draft {
  const { tree, fileIndex } = entry
  const { infoHash, name } = tree.torrent
  const file = encodeObjectId({ kind: 'file', infoHash, fileIndex })
  const common = { kind, tree, year: null, pictureOf: file, entries: [entry] }
  if (kind === 'film') {
    const { title } = 'film' in entry ? entry.film : entry
    return { ...common, id: file, ...withoutYear(title) }
  }
  if (kind === 'series' && 'episode' in entry) {
    const { seriesKey, series } = entry.episode
    return { ...common, id: `${infoHash}-s-${seriesKey}`, title: series }
  }
  if (kind === 'audio') {
    const folder = tree.torrent.files[fileIndex]?.components.slice(0, -1) ?? []
    const title = folder.at(-1) ?? name ?? entry.title
    return { ...common, id: `${infoHash}-a-${JSON.stringify(folder)}`, title }
  }
  return { ...common, id: `${infoHash}-${kind}`, title: name ?? entry.title }
}

/** `River (2021)` in two. */
export function withoutYear(title: string): {
  readonly title: string
  readonly year: number | null
} {
  const [, bare, year] = /^(.+) \((\d{4})\)$/.exec(title) ?? []
  return bare === undefined ? { title, year: null } : { title: bare, year: Number(year) }
}

function putInto(works: Map<string, Draft>, draft: Draft): void {
  const known = works.get(draft.id)
  if (known === undefined) works.set(draft.id, draft)
  else known.entries.push(...draft.entries)
}

/** Films and episodes by torrent and index, and the torrents of all that is played. */
interface Seen {
  readonly files: Set<string>
  readonly torrents: Set<string>
}

/** Videos that are listed as film or episode already, and posters beside what is played: no works of their own. */
function isSeenWithOthers(kind: ListingKind, entry: Entry, { files, torrents }: Seen): boolean {
  const { infoHash } = entry.tree.torrent
  if (kind === 'image') return torrents.has(infoHash) && isPoster(entry)
  torrents.add(infoHash)
  const file = `${infoHash}-${entry.fileIndex}`
  if (kind === 'other') return files.has(file)
  if (kind !== 'audio') files.add(file)
  return false
}

function isPoster({ tree, fileIndex }: Entry): boolean {
  return isArtwork(tree.torrent.files[fileIndex]?.components.at(-1) ?? '')
}

function addedAt({ tree }: ListedWork): number {
  return tree.torrent.addedAt.getTime() || 0
}
