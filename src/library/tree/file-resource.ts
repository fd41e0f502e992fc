import type { MediaType } from '../../media/media-type.ts'
import { shortStreamPath } from '../../media/stream-path.ts'
import { subtitlePath } from '../../media/subtitles/subtitle-path.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { FactProperty, FactsSource } from '../facts/facts-source.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import type { Resource, SubtitleResource } from '../objects/media-object.ts'
import type { SubtitleCatalog } from '../subtitles/subtitle-catalog.ts'

/** Where it is told what is in files and beside them. */
export interface WhatIsKnown {
  readonly subtitles: SubtitleCatalog
  readonly facts: FactsSource
}

/**
 * The bytes behind the item of a file. All is made when it is written: tracks inside of a film become known
 * at any time, and there may be ten thousand items.
 */
export class FileResource implements Resource {
  readonly mediaType: MediaType
  readonly #torrent: LibraryTorrent
  readonly #file: TorrentFile
  readonly #known: WhatIsKnown

  constructor(
    torrent: LibraryTorrent,
    file: TorrentFile,
    mediaType: MediaType,
    known: WhatIsKnown,
  ) {
    this.mediaType = mediaType
    this.#torrent = torrent
    this.#file = file
    this.#known = known
  }

  get path(): string {
    const { index, components } = this.#file
    return shortStreamPath(this.#torrent.infoHash, index, components.at(-1) ?? '')
  }

  get size(): number {
    return this.#file.length
  }

  get subtitles(): readonly SubtitleResource[] {
    const { infoHash } = this.#torrent
    return this.#known.subtitles
      .subtitlesOf(this.#torrent, this.#file)
      .map(({ reference, language, forced }) => ({
        path: subtitlePath(infoHash, reference, { language }),
        language,
        forced,
      }))
  }

  known(property: FactProperty): string | number | null {
    const { kind } = this.mediaType
    return this.#known.facts.propertyOf(this.#torrent.infoHash, this.#file.index, property, kind)
  }
}
