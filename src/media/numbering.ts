/** Where a name says which episode it is. */
export interface EpisodeMark {
  /** `null` where only the episode is named. */
  readonly season: number | null
  readonly episode: number
  /** The part of the name that says so: `start` inclusive, `end` exclusive. */
  readonly start: number
  readonly end: number
}

/** `S01E02`, `s1.e2`, `1x02`. */
const SEASON_AND_EPISODE =
  /(?<![a-z0-9])(?:s(\d{1,4})[ ._-]{0,3}e(\d{1,4})|(\d{1,2})x(\d{2,3})(?![a-z0-9]))/i

/** `E02`, `Ep. 2`, `Episode 2`. */
const EPISODE_ALONE = /(?<![a-z0-9])e(?:p|pisode)?[ ._-]{0,3}(\d{1,4})(?![a-z0-9])/i

/** `03 - Song.mp3`, `1-03 Song.mp3`, `03.mp3`: the number before the title, after that of the disc. */
const TRACK = /^(?:\d{1,2}[-.](?=\d))?(\d{1,3})(?:[ ._-]|$)/

const SEPARATORS = /[ ._-]+/g

/** Of the name of a file or folder; `null` where it names no episode. */
export function episodeMark(name: string): EpisodeMark | null {
  const found = SEASON_AND_EPISODE.exec(name) ?? EPISODE_ALONE.exec(name)
  if (found === null) return null
  const [text, a, b, c, d] = found
  const season = b === undefined ? c : a
  const episode = b ?? d ?? a
  return {
    season: season === undefined ? null : Number(season),
    episode: Number(episode),
    start: found.index,
    end: found.index + text.length,
  }
}

/** Of the name of an audio file; `null` where it begins with no number, or with that of a year. */
export function trackNumber(name: string): number | null {
  const digits = TRACK.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}

/**
 * What a title is sorted by, with `compareNatural`: the name as it is, but episodes of one series stand
 * together and in their order however each release spells them (`The.Show.S01E10`, `The Show - 1x02`).
 */
export function titleKey(title: string): string {
  const mark = episodeMark(title)
  if (mark === null || mark.season === null) return title
  const series = title.slice(0, mark.start).replace(SEPARATORS, ' ').trim()
  return `${series} ${mark.season} ${mark.episode} ${title.slice(mark.end)}`.trimStart()
}
