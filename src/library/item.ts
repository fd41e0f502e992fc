import { type MediaType, mediaTypeOf } from '../media/media-type.ts'
import { episodeMark, trackNumber } from '../media/numbering.ts'
import { shortStreamPath } from '../media/stream-path.ts'
import { subtitlePath } from '../media/subtitles/subtitle-path.ts'
import type { TorrentFile } from '../torrents/metainfo/torrent-file.ts'
import type { FactProperty, FactsSource } from './facts/facts-source.ts'
import type { LibraryTorrent } from './library-source.ts'
import {
  ITEM_CLASSES,
  type Item,
  type ItemTags,
  NO_TAGS,
  type SubtitleResource,
} from './media-object.ts'
import { encodeObjectId, type ObjectId } from './object-id.ts'
import type { SubtitleCatalog } from './subtitles/subtitle-catalog.ts'
import { displayTitle } from './title.ts'

/** False for what no TV plays or shows. */
export function isListedKind(fileName: string): boolean {
  const kind = mediaTypeOf(fileName)?.kind
  return kind !== undefined && kind !== 'subtitle'
}

/** Where it is told what is in files and beside them. */
export interface WhatIsKnown {
  readonly subtitles: SubtitleCatalog
  readonly facts: FactsSource
}

/**
 * A file as TVs see it, selected for download or not; `null` for one that no TV plays or shows. The
 * title is the whole file name: some TVs take its extension for the type, or want the dot.
 */
export function itemOf(
  torrent: LibraryTorrent,
  file: TorrentFile,
  parentId: ObjectId,
  { subtitles, facts }: WhatIsKnown,
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
    resource: {
      path: shortStreamPath(infoHash, file.index, name),
      size: file.length,
      mediaType,
      // Found when they are written: tracks inside of a film become known at any time.
      get subtitles() {
        return subtitlesOf(torrent, file, subtitles)
      },
      get known() {
        const known = (property: FactProperty) => facts.propertyOf(infoHash, file.index, property)
        return {
          duration: known('duration'),
          bitrate: known('bitrate'),
          resolution: known('resolution'),
        }
      },
    },
  }
}

function subtitlesOf(
  torrent: LibraryTorrent,
  file: TorrentFile,
  catalog: SubtitleCatalog,
): readonly SubtitleResource[] {
  return catalog.subtitlesOf(torrent, file).map(({ reference, language, forced }) => ({
    path: subtitlePath(torrent.infoHash, reference, { language }),
    language,
    forced,
  }))
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
