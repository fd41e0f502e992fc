import { createHash } from 'node:crypto'
import { extname } from 'node:path/posix'
import {
  handlers,
  type ParsedResult,
  Parser,
  parseTorrentTitle,
} from '@viren070/parse-torrent-title'
import type { Steps } from '../../concurrency/steps.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { displayTitle } from './title.ts'

/** What the names of a video file and of the folders around it say that it is. */
export type Release =
  | {
      readonly kind: 'film'
      /** With the year, where one is named. */
      readonly title: string
      /** What tells it from other releases of the same film, the most telling first: `1080p`, `BluRay` ... */
      readonly version: readonly string[]
    }
  | {
      readonly kind: 'episode'
      /** The same for all spellings of the series; 10 hex digits. */
      readonly seriesKey: string
      /** What `seriesKey` is made of, and series are sorted by. */
      readonly seriesSpelling: string
      readonly series: string
      /** A year for what is named by its date, 1 where no season is named. */
      readonly season: number
      /** Month and day (`MMDD`) for what is named by its date. */
      readonly episode: number
      readonly title: string
    }
  /** A clip, or whatever else. */
  | { readonly kind: 'other' }

/** Longer names cost the parser more than they say. Characters. */
const NAME_MAX_LENGTH = 200

/** A name that is the number of the episode, and no title of a series. */
const NUMBER_ONLY = /^(?:e(?:p(?:isode)?)?|s\d+e)?[ ._-]*\d+(?:[ ._-].*)?$/i

/** Says nothing of which series it is. */
const SEASON_FOLDER =
  /^(?:season|series|staffel|saison|temporada|сезон|specials|extras)[ ._-]*\d*$/i

/** What cameras and telephones call their videos. */
const CAMERA_NAME =
  /^(?:img|vid|video|dsc[fn]?|mov|mvi|mah|c|g[hxlp]|gopr|pxl|dji|wp|pict?|whatsapp|screen)[ ._-]*\d{2}/i

/** Films of some length and quality are larger, clips are not. Bytes. */
const FILM_MIN_BYTES = 300 * 1024 * 1024

const SEASON_MAX = 9_999
const KEY_LENGTH = 10

type Parsed = Partial<ParsedResult>

/** What a video is among those of its torrent, whatever it is called: the only one, as large as a film, or neither. */
export type VideoRank = 'only' | 'large' | 'small'

/** @param isOnlyVideo - No other file of the torrent is a video. */
export function videoRank({ length }: TorrentFile, isOnlyVideo: boolean): VideoRank {
  if (isOnlyVideo) return 'only'
  return length >= FILM_MIN_BYTES ? 'large' : 'small'
}

/** Names for rehearsal: of one byte and of two bytes a character, as expressions are compiled for each by itself. */
const REHEARSED = ['Show.S01E02.1080p.mkv', 'Сериал.S01E02.1080p.mkv']
/** Of the parser's 434. */
const HANDLERS_IN_STEP = 16
let isRehearsed = false

/**
 * The first name that the parser reads takes it 70 ms, in which its hundreds of regular expressions are
 * compiled. This has them compiled a few at a time, once; names can be read before, but not as fast.
 */
export function* rehearseReleases(): Steps<void> {
  if (isRehearsed) return
  isRehearsed = true
  for (let first = 0; first < handlers.length; first += HANDLERS_IN_STEP) {
    const parser = new Parser().addHandlers(handlers.slice(first, first + HANDLERS_IN_STEP))
    for (const name of REHEARSED) {
      parser.parse(name)
      yield
      // They are compiled once more, better, when they are used again.
      parser.parse(name)
      yield
    }
  }
  // What it makes of all its expressions together takes another 30 ms, in one go.
  parse(REHEARSED[0] ?? '')
}

/** Reads the names of the videos of one torrent; those of its folders once. */
export class ReleaseReader {
  readonly #torrentName: string
  readonly #folders = new Map<string, Parsed>()

  constructor(torrentName: string | null) {
    this.#torrentName = torrentName ?? ''
  }

  /**
   * @param components - Path within the torrent, the name of the file last.
   */
  read(components: readonly string[], rank: VideoRank): Release {
    const name = components.at(-1) ?? ''
    const file = parse(name)
    const folders = [this.#torrentName, ...components.slice(0, -1)].reverse()
    const isNumber = rank === 'only' && this.#isNumberAlone(file, folders)
    const episode = isNumber ? null : this.#episode(file, folders)
    if (episode !== null) return episode
    const isClip = rank === 'small' || (rank === 'large' && CAMERA_NAME.test(name))
    return isClip && !isRelease(file) ? { kind: 'other' } : this.#film(file, folders, rank)
  }

  #episode(file: Parsed, folders: readonly string[]): Release | null {
    const number = numberOf(file, () => this.#first(folders, seasonOf) ?? null)
    if (number === null) return null
    const own = NUMBER_ONLY.test(file.title ?? '') ? null : titleOf(file)
    const series = displayTitle(own ?? this.#first(folders, titleOf) ?? '', '')
    if (series === '') return null
    const { season, episode, label } = number
    const title = [label, file.episodeTitle].filter((part) => part !== undefined).join(' ')
    const seriesSpelling = plainSpelling(series)
    const seriesKey = keyOf(seriesSpelling)
    return { kind: 'episode', seriesKey, seriesSpelling, series, season, episode, title }
  }

  #film(file: Parsed, folders: readonly string[], rank: VideoRank): Release {
    // `abc.mkv` in `River.2021.1080p` is called by its folder.
    const isNamed = file.year !== undefined || rank !== 'only'
    const named = isNamed ? file : (this.#first(folders, withYear) ?? file)
    const title = named.year === undefined ? named.title : `${named.title} (${named.year})`
    const shown = displayTitle(title ?? '', '')
    if (shown === '') return { kind: 'other' }
    return { kind: 'film', title: shown, version: versionOf(file) ?? versionOf(named) ?? [] }
  }

  /** A film that is called `1917`: nothing around it names a series either. */
  #isNumberAlone({ title, seasons }: Parsed, folders: readonly string[]): boolean {
    const isNumber = (text: string): boolean => NUMBER_ONLY.test(text)
    if (seasons !== undefined || !isNumber(title ?? '')) return false
    return isNumber(this.#first(folders, titleOf) ?? '1')
  }

  /** What the innermost folder says that says anything. */
  #first<T>(folders: readonly string[], ask: (folder: Parsed) => T | null): T | null {
    for (const name of folders) {
      const folder = this.#folders.get(name) ?? parse(name)
      this.#folders.set(name, folder)
      const said = ask(folder)
      if (said !== null) return said
    }
    return null
  }
}

/** Without its extension, which is no word of the name: `ts` there is no telesync. */
function parse(name: string): Parsed {
  const stem = mediaTypeOf(name) === null ? name : name.slice(0, -extname(name).length)
  try {
    return withTitle(parseTorrentTitle(stem.slice(0, NAME_MAX_LENGTH)), stem)
  } catch {
    // Names are strangers': one that the parser stumbles over says nothing.
    return {}
  }
}

function isRelease({ year, resolution, quality }: Parsed): boolean {
  return year !== undefined || resolution !== undefined || quality !== undefined
}

/** `null` where the name says nothing of it. */
function versionOf({ resolution, threeD, editions, quality, codec, group }: Parsed) {
  const version = [resolution, threeD, editions?.join(' '), quality, codec, group].filter(
    (part) => part !== undefined && part !== '',
  ) as string[]
  return version.length === 0 ? null : version
}

/** What the parser read, with a title where it found none though there is one. */
function withTitle(read: Parsed, name: string): Parsed {
  const { year, ...rest } = read
  const { title = '' } = rest
  if (title.trim() !== '') return read
  // `2012` is no film of that year.
  const isTitle = year !== undefined && name.trim() === year
  return isTitle ? { ...rest, title: year } : { ...read, title: titleBeforeMarks(name) }
}

/** Where a name begins to say what of it this is: a year, a season and episode, a resolution. */
const FIRST_MARK =
  /(?<![\p{L}\p{N}])(?:(?:19|20)\d\d|s\d{1,3}[ ._-]?e\d{1,4}|\d{1,2}x\d{2,3}|\d{3,4}[pi])(?![\p{L}\p{N}])/iu

/** The parser knows only some scripts, and reads no title in Arabic, Hebrew, Greek, Thai and others. */
function titleBeforeMarks(name: string): string {
  const bare = name.slice(0, NAME_MAX_LENGTH).replace(/\.[a-z0-9]{2,4}$/i, '')
  const end = bare.search(FIRST_MARK)
  const title = (end === -1 ? bare : bare.slice(0, end)).replace(/[._]+/g, ' ')
  const trimmed = title.replace(/^[\s()[\]{}-]+|[\s()[\]{}-]+$/g, '')
  return /[^\p{Script=Latin}\P{L}]/u.test(trimmed) ? trimmed : ''
}

function titleOf({ title = '' }: Parsed): string | null {
  return title.trim() === '' || SEASON_FOLDER.test(title) ? null : title
}

function seasonOf({ seasons = [] }: Parsed): number | null {
  return seasons.length === 1 ? (seasons[0] ?? null) : null
}

function withYear(folder: Parsed): Parsed | null {
  return folder.year !== undefined && titleOf(folder) !== null ? folder : null
}

interface EpisodeNumber {
  readonly season: number
  readonly episode: number
  readonly label: string
}

function numberOf(
  { episodes = [], seasons = [], date }: Parsed,
  folderSeason: () => number | null,
): EpisodeNumber | null {
  const [year, month, day] = date?.split('-').map(Number) ?? []
  if (year !== undefined && month !== undefined && day !== undefined) {
    return { season: year, episode: month * 100 + day, label: date ?? '' }
  }
  const [episode] = episodes
  if (episode === undefined) return null
  const season = seasonOf({ seasons }) ?? folderSeason()
  if (season === null) return { season: 1, episode, label: `E${padded(episode)}` }
  if (season > SEASON_MAX) return null
  return { season, episode, label: `S${padded(season)}E${padded(episode)}` }
}

function padded(number: number): string {
  return String(number).padStart(2, '0')
}

/** Case, accents and signs make no difference between two spellings of a series. */
function plainSpelling(series: string): string {
  const letters = series.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const words = letters.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  return words === '' ? series : words
}

function keyOf(spelling: string): string {
  return createHash('sha1').update(spelling).digest('hex').slice(0, KEY_LENGTH)
}
