import type { LibraryFile, LibraryItem, LibraryKind } from '../api/library-types.ts'
import { compareNatural } from './natural-order.ts'
import { epochMs } from './times.ts'

/** A file of the library, with the torrent that it is in. */
export interface TitleFile {
  readonly item: LibraryItem
  readonly file: LibraryFile
}

/** What people call one thing: a film, or a series with all its seasons, from however many torrents. */
export interface Title {
  readonly id: string
  readonly kind: LibraryKind
  readonly title: string
  readonly year: number | null
  readonly poster: string | null
  readonly addedAt: number
  readonly files: readonly TitleFile[]
  /** For searching: everything that names it, folded. */
  readonly words: string
}

export interface Season {
  /** `null`: what belongs to no season. */
  readonly number: number | null
  readonly episodes: readonly TitleFile[]
}

export type TitleOrder = 'added' | 'title' | 'year'

export interface TitleFilter {
  readonly search: string
  readonly kind: LibraryKind | 'all'
  readonly onlyUnwatched: boolean
  readonly order: TitleOrder
}

/** Torrents of one series become one title; all else stays as it is. */
export function titlesOf(items: readonly LibraryItem[]): Title[] {
  const groups = new Map<string, LibraryItem[]>()
  for (const item of items) {
    const key = item.kind === 'series' ? `series ${folded(item.title)}` : item.id
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()].map(titleOf)
}

function titleOf(items: readonly LibraryItem[]): Title {
  const [first] = items as readonly [LibraryItem, ...LibraryItem[]]
  const files = items.flatMap((item) => item.files.map((file) => ({ item, file })))
  return {
    id: first.id,
    kind: first.kind,
    title: first.title,
    year: items.find(({ year }) => year !== null)?.year ?? null,
    poster: items.find(({ poster }) => poster !== null)?.poster ?? null,
    addedAt: Math.max(...items.map((item) => epochMs(item.added_at) || 0)),
    files,
    words: items.map(wordsOf).join(' '),
  }
}

const knownWords = new WeakMap<LibraryItem, string>()

/** More names of files than these say nothing new of their torrent. */
const MOST_NAMES = 200

/** Everything that names an item, folded; made once for each. */
export function wordsOf(item: LibraryItem): string {
  const known = knownWords.get(item)
  if (known !== undefined) return known
  const names = item.files.slice(0, MOST_NAMES).map(({ name }) => name)
  const words = folded([item.title, item.year ?? '', ...names].join(' '))
  knownWords.set(item, words)
  return words
}

/** Without accents and case: "Ünïcode" is found by "unicode". */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** What is left by a search and a filter, in order. */
export function filteredTitles(titles: readonly Title[], filter: TitleFilter): Title[] {
  const words = folded(filter.search).split(/\s+/).filter(Boolean)
  return titles
    .filter((title) => filter.kind === 'all' || title.kind === filter.kind)
    .filter((title) => !filter.onlyUnwatched || title.files.some(({ file }) => !file.watched))
    .filter((title) => words.every((word) => title.words.includes(word)))
    .sort(ORDERS[filter.order])
}

const byTitle = (a: Title, b: Title): number => compareNatural(a.title, b.title)

const ORDERS: Readonly<Record<TitleOrder, (a: Title, b: Title) => number>> = {
  added: (a, b) => b.addedAt - a.addedAt || byTitle(a, b),
  title: byTitle,
  year: (a, b) => (b.year ?? 0) - (a.year ?? 0) || byTitle(a, b),
}

/** Seasons in order, those without a number last; episodes in order. */
export function seasonsOf({ files }: Pick<Title, 'files'>): Season[] {
  const seasons = new Map<number | null, TitleFile[]>()
  for (const entry of files) {
    const season = seasons.get(entry.file.season)
    if (season === undefined) seasons.set(entry.file.season, [entry])
    else season.push(entry)
  }
  return [...seasons]
    .map(([number, episodes]) => ({ number, episodes: episodes.sort(byEpisode) }))
    .sort((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity))
}

function byEpisode({ file: a }: TitleFile, { file: b }: TitleFile): number {
  return (a.episode ?? Infinity) - (b.episode ?? Infinity) || compareNatural(a.name, b.name)
}

/** Whether a person sits down in front of it: films, episodes, music. */
export function isPlayable({ mime }: Pick<LibraryFile, 'mime'>): boolean {
  return mime !== null && /^(?:video|audio)\//.test(mime)
}

export interface Continued {
  readonly title: Title
  readonly entry: TitleFile
}

/** Films and episodes that somebody is in the middle of, or the episode after the last watched one. */
export function continueWatching(titles: readonly Title[]): Continued[] {
  return titles
    .flatMap((title): Continued[] => {
      const entry = begunIn(title) ?? nextIn(title)
      return entry === undefined ? [] : [{ title, entry }]
    })
    .sort((a, b) => playedAt(b.title) - playedAt(a.title) || b.title.addedAt - a.title.addedAt)
}

/** When somebody watched something of it last; 0 where nobody did, or nobody knows. */
function playedAt({ files }: Title): number {
  return files.reduce((latest, { file }) => Math.max(latest, file.played_at ?? 0), 0)
}

function begunIn({ files }: Title): TitleFile | undefined {
  return files.find(({ file }) => (file.resume_s ?? 0) > 0 && !file.watched)
}

function nextIn(title: Title): TitleFile | undefined {
  if (title.kind !== 'series' || !title.files.some(({ file }) => file.watched)) return undefined
  const episodes = playedInOrder(title)
  const last = episodes.findLastIndex(({ file }) => file.watched)
  return last === -1 ? undefined : episodes[last + 1]
}

/** All that can be played of a title, in the order in which one does. */
export function playedInOrder(title: Pick<Title, 'files'>): TitleFile[] {
  return seasonsOf(title)
    .flatMap(({ episodes }) => episodes)
    .filter(({ file }) => isPlayable(file))
}

function isPlayed({ file }: TitleFile): boolean {
  return isPlayable(file)
}

function isPicture(entry: TitleFile | undefined): boolean {
  return entry?.file.mime?.startsWith('image/') === true
}

/** What to play after a file of its title; after a picture, the next one. */
export function nextAfter(
  title: Title,
  infoHash: string,
  fileIndex: number,
): TitleFile | undefined {
  const all = seasonsOf(title).flatMap(({ episodes }) => episodes)
  const place = all.findIndex((entry) => isFile(entry, infoHash, fileIndex))
  const isAlike = isPicture(all[place]) ? isPicture : isPlayed
  return place === -1 ? undefined : all.slice(place + 1).find(isAlike)
}

export function isFile({ item, file }: TitleFile, infoHash: string, fileIndex: number): boolean {
  return item.info_hash === infoHash && file.file_idx === fileIndex
}
