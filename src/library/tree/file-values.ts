import { protocolInfo } from '../../media/dlna.ts'
import { type MediaType, mediaTypeOf } from '../../media/media-type.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { FactProperty, FactsSource } from '../facts/facts-source.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import type { EpisodeMarks } from '../names/episode-marks.ts'
import { ITEM_CLASSES } from '../objects/media-object.ts'
import { type ObjectProperty, type PropertyValue, timeOf } from '../objects/object-list.ts'
import { titleOf } from './folder-index.ts'
import { tagsOf } from './item.ts'
import type { ListedKinds } from './listed-kinds.ts'

/** What the names of a torrent's files say, read once. */
export interface ReadNames {
  readonly marks: EpisodeMarks
  readonly kinds: ListedKinds
}

/** The properties of a torrent's files as far as they are told without making their objects. */
export class FileValues {
  readonly #torrent: LibraryTorrent
  readonly #facts: FactsSource
  readonly #names: ReadNames | null

  /** @param names - `null` for a torrent of a single file. */
  constructor(torrent: LibraryTorrent, facts: FactsSource, names: ReadNames | null) {
    this.#torrent = torrent
    this.#facts = facts
    this.#names = names
  }

  /** `undefined` for what only the object tells. */
  valueOf(file: TorrentFile, property: ObjectProperty): PropertyValue | undefined {
    const torrent = this.#torrent
    switch (property) {
      case 'title':
        return titleOf(file)
      case 'class': {
        const kind = typeOf(file)?.kind ?? 'subtitle'
        return kind === 'subtitle' ? undefined : ITEM_CLASSES[kind]
      }
      case 'size':
        return file.length
      case 'date':
        return timeOf(torrent.addedAt)
      case 'refId':
        return null
      case 'album':
      case 'track': {
        const fact = this.#fact(file, property)
        const type = fact === null ? typeOf(file) : null
        return type === null ? fact : tagsOf(torrent, file, type)[property]
      }
      case 'series':
      case 'season':
      case 'episode': {
        if (this.#names !== null && (property === 'season' || property === 'episode')) {
          return this.#names.marks.of(file.index, property)
        }
        const type = typeOf(file)
        return type === null ? null : tagsOf(torrent, file, type)[property]
      }
      case 'protocolInfo': {
        const type = typeOf(file)
        return type === null ? null : protocolInfo(type)
      }
      case 'duration':
      case 'bitrate':
      case 'resolution':
      case 'artist':
      case 'genre':
      case 'actor':
        return this.#fact(file, property)
      case 'id':
      case 'parentId':
        return undefined
    }
  }

  /**
   * A number for each file, in the order of the property, that takes no look at its name; by the file's
   * index. `null` for a property that has none.
   */
  numberOf(property: ObjectProperty): ((fileIndex: number) => number | null | undefined) | null {
    const { infoHash, files } = this.#torrent
    const names = this.#names
    switch (property) {
      case 'class':
        return names && ((file) => names.kinds.placeOf(file))
      case 'size':
        return (file) => files[file]?.length
      case 'duration':
      case 'bitrate':
        return (
          names &&
          ((file) => {
            const kind = names.kinds.of(file)
            return kind === undefined
              ? null
              : Number(this.#facts.propertyOf(infoHash, file, property, kind) ?? -1)
          })
        )
      case 'season':
      case 'episode':
        return names && ((file) => names.marks.of(file, property))
      default:
        return null
    }
  }

  #fact(file: TorrentFile, property: FactProperty): PropertyValue {
    const kind = this.#names?.kinds.of(file.index) ?? typeOf(file)?.kind
    if (kind === undefined) return null
    return this.#facts.propertyOf(this.#torrent.infoHash, file.index, property, kind)
  }
}

function typeOf(file: TorrentFile): MediaType | null {
  return mediaTypeOf(file.components.at(-1) ?? '')
}
