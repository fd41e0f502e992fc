import type { Steps } from '../../concurrency/steps.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'

/** Files looked at in one step. */
const STEP_FILES = 1_024

/** Leftovers of macOS, Synology, Windows and Linux. A name of dots and words is no hidden one. */
const JUNK_NAME =
  /^(?:\.[^.].*|__MACOSX|@eaDir|#recycle|\$RECYCLE\.BIN|System Volume Information|lost\+found)$/i

const SAMPLE_FOLDER = /^samples?$/i
/** `film-sample.mkv`, `sample.mkv`, `Sample - film.mkv`; not `resample.mkv`. */
const SAMPLE_FILE = /^sample(?![a-z])|(?:^|[^a-z])sample$/i
/** No sample is longer, and no film shorter. Bytes. */
const SAMPLE_MAX_BYTES = 300 * 1024 * 1024

/** Pictures that go with a film, and are no reason for a folder around it. */
const ARTWORK =
  /^(?:.*[ ._-])?(?:cover|folder|poster|fanart|backdrop|banner|logo|clearart|landscape|thumb|front|back|screen(?:shot)?s?\d*)$/i

/** Whether a file of a torrent is to be hidden from TVs, beside those that are no media. */
export type IsJunk = (file: TorrentFile) => boolean

/**
 * What nobody wants to see on a TV: files that are hidden or empty, what systems leave behind, samples
 * beside what they are of, and the artwork of the only film.
 */
export function* junkOf(files: readonly TorrentFile[]): Steps<IsJunk> {
  let largestVideo = 0
  let videos = 0
  let others = 0
  for (const file of files) {
    if (file.index % STEP_FILES === 0) yield
    switch (tryRoleOf(file)) {
      case 'video':
        videos++
        largestVideo = Math.max(largestVideo, file.length)
        break
      case 'other':
        others++
        break
      case 'sample':
      case 'artwork':
      case null:
        break
    }
  }
  const isOnlyFilm = videos === 1 && others === 0
  return (file) => {
    switch (roleOf(file)) {
      case null:
        return true
      case 'sample':
        return videos > 0 && file.length <= Math.min(largestVideo, SAMPLE_MAX_BYTES)
      case 'artwork':
        return isOnlyFilm
      case 'video':
      case 'other':
        return false
    }
  }
}

/** A file that cannot be looked at is none to count; who lists it will say so. */
function tryRoleOf(file: TorrentFile): ReturnType<typeof roleOf> {
  try {
    return roleOf(file)
  } catch {
    return null
  }
}

/** What a file is to its torrent, by its name; `null` for what is junk anywhere, or no media. */
function roleOf(file: TorrentFile): 'video' | 'sample' | 'artwork' | 'other' | null {
  const name = file.components.at(-1) ?? ''
  const kind = mediaTypeOf(name)?.kind ?? 'subtitle'
  if (kind === 'subtitle' || isLeftover(file)) return null
  if (kind === 'video') return isNamedSample(file) ? 'sample' : 'video'
  return kind === 'image' && isArtwork(name) ? 'artwork' : 'other'
}

/** Whether an image, by its name, goes with something else. */
export function isArtwork(name: string): boolean {
  return ARTWORK.test(stemOf(name))
}

function isLeftover({ components, length, hidden }: TorrentFile): boolean {
  return hidden || length === 0 || components.some((name) => JUNK_NAME.test(name))
}

function isNamedSample({ components }: TorrentFile): boolean {
  const folders = components.slice(0, -1)
  const name = components.at(-1) ?? ''
  return folders.some((folder) => SAMPLE_FOLDER.test(folder)) || SAMPLE_FILE.test(stemOf(name))
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '')
}
