import { type MediaType, mediaTypeOf } from '../../media/media-type.ts'
import { episodeMark, trackNumber } from '../../media/numbering.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import { displayTitle } from '../names/title.ts'
import {
  ITEM_CLASSES,
  type Item,
  type ItemTags,
  type ListedKind,
  NO_TAGS,
} from '../objects/media-object.ts'
import { encodeObjectId, type ObjectId } from '../objects/object-id.ts'
import { FileResource, type WhatIsKnown } from './file-resource.ts'

/** `null` for what no TV plays or shows. */
export function listedKind(fileName: string): ListedKind | null {
  const kind = mediaTypeOf(fileName)?.kind
  return kind === undefined || kind === 'subtitle' ? null : kind
}

/**
 * A file as TVs see it, selected for download or not; `null` for one that no TV plays or shows. The
 * title is the whole file name: some TVs take its extension for the type, or want the dot.
 */
export function itemOf(
  torrent: LibraryTorrent,
  file: TorrentFile,
  parentId: ObjectId,
  known: WhatIsKnown,
): Item | null {
  const name = file.components.at(-1) ?? ''
  const mediaType = mediaTypeOf(name)
  if (mediaType === null || mediaType.kind === 'subtitle') return null
  const { infoHash, addedAt } = torrent
  return {
    kind: 'item',
    id: encodeObjectId({ kind: 'file', infoHash, fileIndex: file.index }),
    parentId,
    title: displayTitle(name, `file ${file.index}`),
    upnpClass: ITEM_CLASSES[mediaType.kind],
    addedAt,
    refId: null,
    tags: tagsOf(torrent, file, mediaType),
    playback: null,
    resource: new FileResource(torrent, file, mediaType, known),
  }
}

/** What the names say: the folder is the album, and the file counts its tracks or episodes. */
export function tagsOf(torrent: LibraryTorrent, file: TorrentFile, type: MediaType): ItemTags {
  const name = file.components.at(-1) ?? ''
  switch (type.kind) {
    case 'audio': {
      const album = displayTitle(file.components.at(-2) ?? torrent.name ?? '', '')
      return { ...NO_TAGS, album: album === '' ? null : album, track: trackNumber(name) }
    }
    case 'video': {
      const mark = episodeMark(name)
      return mark === null ? NO_TAGS : { ...NO_TAGS, season: mark.season, episode: mark.episode }
    }
    case 'image':
    case 'subtitle':
      return NO_TAGS
  }
}
