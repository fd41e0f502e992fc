import type { LibraryFile } from '../api/library-types.ts'
import { serverUrl } from '../api/request.ts'
import type { TitleFile } from '../logic/library-titles.ts'
import { t } from '../text/text.ts'
import { placeOf } from './library.ts'
import type { MediaFile } from './media-dialog.ts'

/** A file of the library as something to play. @param seriesTitle put in front of an episode's own */
export function mediaFileOf({ item, file }: TitleFile): MediaFile {
  return {
    infoHash: item.info_hash,
    fileIndex: file.file_idx,
    title: episodeTitle({ item, file }),
    streamUrl: serverUrl(file.stream_url),
    durationS: file.duration_s,
    resumeS: file.watched ? null : file.resume_s,
    subtitles: file.subtitles,
    audioLanguage: file.audio[0]?.language ?? null,
  }
}

/** As a person would call it where no list is around it: with its series. */
export function episodeTitle({ item, file }: TitleFile): string {
  if (item.kind === 'film' && item.files.filter(isFilm).length <= 1) return item.title
  const own = ownTitle(file)
  return item.kind === 'series' ? `${item.title} · ${episodeLabel({ item, file })}` : own
}

/** Of a song its name, without `.mp3`. */
export function ownTitle({ title, name, mime }: LibraryFile): string {
  const own = title ?? name
  return mime?.startsWith('audio/') === true ? own.replace(/\.[a-z0-9]{2,4}$/i, '') : own
}

/** A title that says no more than which episode it is. */
const MARK = /^(?:s\d+[\s._-]*)?(?:e|ep|episode)[\s._-]*\d+$|^\d+x\d+$/i

/** Within its series: `S1 E2 · Title`. */
export function episodeLabel({ item, file }: TitleFile): string {
  const { season, episode } = file
  const isName = file.title !== null && file.title !== item.title && !MARK.test(file.title)
  const own = isName ? file.title : null
  if (episode === null) return own ?? file.name
  const place =
    season === null
      ? t('episode', { episode: String(episode) })
      : t('episode.of.season', { season: String(season), episode: String(episode) })
  return own === null ? place : `${place} · ${own}`
}

function isFilm({ mime }: { readonly mime: string | null }): boolean {
  return mime?.startsWith('video/') ?? false
}

/** A file of any torrent, with what the library knows of it. */
export function mediaFileIn(
  infoHash: string,
  fileIndex: number,
  components: readonly string[],
): MediaFile {
  const place = placeOf(infoHash, fileIndex)
  if (place !== undefined) return mediaFileOf(place.entry)
  const name = components.at(-1) ?? ''
  const path = components.map(encodeURIComponent).join('/')
  return {
    infoHash,
    fileIndex,
    title: name,
    streamUrl: serverUrl(`torrents/${infoHash}/stream/${fileIndex}/${path}`),
    durationS: null,
    resumeS: null,
    subtitles: [],
    audioLanguage: null,
  }
}
