import { createHash } from 'node:crypto'
import {
  handlers,
  type ParsedResult,
  Parser,
  parseTorrentTitle,
} from '@viren070/parse-torrent-title'
import type { Steps } from '../concurrency/steps.ts'
import { displayTitle } from './title.ts'

/** What the names of a video file and of the folders around it say that it is. */
export type Release =
  | {
      readonly kind: 'film'
      /** With the year, where one is named. */
      readonly title: string
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

const SEASON_MAX = 9_999
const KEY_LENGTH = 10

type Parsed = Partial<ParsedResult>

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
   * @param isOnlyVideo - Whether its torrent holds no other: it is a film then, whatever it is called.
   */
  read(components: readonly string[], isOnlyVideo: boolean): Release {
    const file = parse(components.at(-1) ?? '')
    const folders = [this.#torrentName, ...components.slice(0, -1)].reverse()
    return this.#episode(file, folders) ?? this.#film(file, folders, isOnlyVideo)
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

  #film(file: Parsed, folders: readonly string[], isOnlyVideo: boolean): Release {
    const isRelease = [file.year, file.resolution, file.quality].some((fact) => fact !== undefined)
    if (!isRelease && !isOnlyVideo) return { kind: 'other' }
    // `abc.mkv` in `River.2021.1080p` is called by its folder.
    const isNamed = file.year !== undefined || !isOnlyVideo
    const named = isNamed ? file : (this.#first(folders, withYear) ?? file)
    const title = named.year === undefined ? named.title : `${named.title} (${named.year})`
    const shown = displayTitle(title ?? '', '')
    return shown === '' ? { kind: 'other' } : { kind: 'film', title: shown }
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

function parse(name: string): Parsed {
  try {
    const read = parseTorrentTitle(name.slice(0, NAME_MAX_LENGTH))
    return withTitle(read, name)
  } catch {
    // Names are strangers': one that the parser stumbles over says nothing.
    return {}
  }
}

/** What the parser read, with a title where it found none though there is one. */
function withTitle(read: Parsed, name: string): Parsed {
  const { year, ...rest } = read
  const { title = '' } = rest
  if (title.trim() === '') return { ...read, title: titleBeforeMarks(name) }
  // `2012.mkv` is no film of that year.
  const isExtension = year !== undefined && name.toLowerCase() === `${year}.${title}`.toLowerCase()
  return isExtension ? { ...rest, title: String(year) } : read
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
