import type { PictureTarget } from '../../media/pictures/picture-path.ts'
import { parseInfoHash } from '../../torrents/metainfo/info-hash.ts'

/** A file of a torrent, as the path of a request names it. */
export interface MediaTarget {
  readonly torrent: string
  readonly file: string
}

const STREAM_PATH =
  /^(?:https?:\/\/[^/?]*)?\/torrents\/([^/?]+)\/stream\/([^/?]+)(?:\/[^?]*[^/?])?(?:\?.*)?$/i

const SHORT_PATH =
  /^(?:https?:\/\/[^/?]*)?\/m\/([a-z2-7]{32})\/(\d{1,9})(?:\.[a-z\d]{1,8})?(?:\?.*)?$/i

/**
 * Reads `/torrents/{id_or_infohash}/stream/{file_idx}[/{filename}]` or `/m/{id}/{file_idx}.{extension}`
 * from a request target; `null` for any other path. The file name is decoration and never looked at, but a path that ends in `/`
 * names a folder: Kodi reads it to its end, in search of subtitles, before it plays what is in it.
 */
export function parseMediaTarget(requestTarget: string): MediaTarget | null {
  const found = STREAM_PATH.exec(requestTarget) ?? SHORT_PATH.exec(requestTarget)
  const [, torrent, file] = found ?? []
  if (torrent === undefined || file === undefined) return null
  return { torrent: decodedSegment(torrent), file: decodedSegment(file) }
}

/** A segment of a path without its percent-encoding, or as it is where that is none. */
export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Xbox 360 asks for the picture of a file by the file's own short path and `?albumArt=true`; `null` for all else. */
export function parseAlbumArtTarget(requestTarget: string): PictureTarget | null {
  const [, id = '', file] = SHORT_PATH.exec(requestTarget) ?? []
  if (file === undefined || !/\?(?:.*&)?albumArt=true\b/i.test(requestTarget)) return null
  const infoHash = parseInfoHash(id)
  return infoHash === null ? null : { objectId: `${infoHash}-${Number(file)}`, profile: 'JPEG_TN' }
}
