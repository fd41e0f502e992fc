import { runInSlices } from '../../concurrency/steps.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import type { PictureSubject } from '../../media/pictures/drawn-picture.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { FactsSource } from '../facts/facts-source.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import type { Library } from '../library.ts'
import { type Release, ReleaseReader, videoRank } from '../names/release.ts'
import type { Item, MediaObject } from '../objects/media-object.ts'
import { decodeObjectId } from '../objects/object-id.ts'
import { CoverIndex } from './cover-index.ts'
import type { PictureChoice, PictureSource } from './picture-source.ts'

/** Files of a folder that are looked through for a cover inside of one, or an image. */
const MOST_LOOKED_THROUGH = 200

type Found = Exclude<PictureSource, { kind: 'drawn' }>

export interface PictureFinderOptions {
  readonly library: Pick<Library, 'get' | 'children'>
  readonly torrentOf: (infoHash: InfoHash) => LibraryTorrent | undefined
  readonly facts: Pick<FactsSource, 'factsOf'>
}

/**
 * Which picture belongs to which object of the library: an image named like the file, the cover inside of it, the
 * cover of its folder or of one around it. Answers from memory.
 */
export class PictureFinder {
  readonly #options: PictureFinderOptions
  readonly #indexes = new WeakMap<readonly TorrentFile[], CoverIndex>()

  constructor(options: PictureFinderOptions) {
    this.#options = options
  }

  /** `null` if there is no such object. */
  async find(objectId: string): Promise<PictureChoice | null> {
    const object = this.#options.library.get(objectId)
    if (object === null) return null
    const reference = decodeObjectId(
      object.kind === 'item' ? (object.refId ?? object.id) : object.id,
    )
    switch (reference?.kind) {
      case 'file':
        return await this.#ofFile(object, reference.infoHash, reference.fileIndex)
      case 'torrent':
        return await this.#ofFolder(object, reference.infoHash, { depth: 0, firstFile: 0 })
      case 'folder':
        return await this.#ofFolder(object, reference.infoHash, reference)
      case 'series':
      case 'season':
        return await this.#ofSeries(object)
      default:
        return {
          sources: [],
          subject: { kind: 'folder', title: object.title, note: null },
          isSettled: true,
        }
    }
  }

  async #ofFile(
    object: MediaObject,
    infoHash: InfoHash,
    fileIndex: number,
  ): Promise<PictureChoice | null> {
    const torrent = this.#options.torrentOf(infoHash)
    const file = torrent?.files[fileIndex]
    if (torrent === undefined || file === undefined || object.kind !== 'item') return null
    const index = await this.#indexOf(torrent)
    const subject = subjectOf(torrent, file, object, index.videoCount === 1)
    if (object.resource.mediaType.kind === 'image') {
      return { sources: [{ kind: 'file', infoHash, fileIndex }], subject, isSettled: true }
    }
    const isSettled = this.#options.facts.factsOf(infoHash, fileIndex) !== undefined
    return { sources: this.#sourcesOf(torrent, file, index), subject, isSettled }
  }

  #sourcesOf(torrent: LibraryTorrent, file: TorrentFile, index: CoverIndex): readonly Found[] {
    const { infoHash } = torrent
    const beside = index.besideFile(file)
    const around = index.ofFolder(file.components.slice(0, -1))
    return [
      ...imageOf(infoHash, beside),
      ...this.#embedded(infoHash, file.index),
      ...imageOf(infoHash, around),
    ]
  }

  async #ofFolder(
    { title }: MediaObject,
    infoHash: InfoHash,
    { depth, firstFile }: { readonly depth: number; readonly firstFile: number },
  ): Promise<PictureChoice | null> {
    const torrent = this.#options.torrentOf(infoHash)
    if (torrent === undefined) return null
    const index = await this.#indexOf(torrent)
    const folder = torrent.files[firstFile]?.components.slice(0, depth) ?? []
    const sources = imageOf(infoHash, index.ofFolder(folder))
    if (sources.length === 0) sources.push(...this.#firstInside(torrent, folder, firstFile))
    const isSettled = sources.length > 0
    return { sources, subject: { kind: 'folder', title, note: null }, isSettled }
  }

  /** The cover inside of one of its files, or its first image. */
  #firstInside(
    { infoHash, files }: LibraryTorrent,
    folder: readonly string[],
    firstFile: number,
  ): readonly Found[] {
    let image: number | null = null
    for (const file of files.slice(firstFile, firstFile + MOST_LOOKED_THROUGH)) {
      if (!folder.every((name, place) => file.components[place] === name)) continue
      const embedded = this.#embedded(infoHash, file.index)
      if (embedded.length > 0) return embedded
      const isImage = mediaTypeOf(file.components.at(-1) ?? '')?.kind === 'image'
      if (isImage && !file.padding && file.symlink === null) image ??= file.index
    }
    return imageOf(infoHash, image)
  }

  /** That of its first episode. */
  async #ofSeries(object: MediaObject): Promise<PictureChoice> {
    const { library } = this.#options
    let first: MediaObject | undefined = object
    while (first?.kind === 'container') {
      const slice = { startingIndex: 0, requestedCount: 1, sort: [] }
      first = library.children(first.id, slice)?.objects[0]
    }
    const found = first === undefined ? null : await this.find(first.id)
    const season = decodeObjectId(object.id)
    const parent = season?.kind === 'season' ? library.get(object.parentId) : null
    const subject: PictureSubject =
      parent === null
        ? { kind: 'series', title: object.title, note: null }
        : { kind: 'series', title: parent.title, note: object.title }
    const sources = found?.sources ?? []
    return { sources, subject, isSettled: sources.length > 0 }
  }

  #embedded(infoHash: InfoHash, fileIndex: number): readonly Found[] {
    const cover = this.#options.facts.factsOf(infoHash, fileIndex)?.cover ?? null
    return cover === null ? [] : [{ kind: 'embedded', infoHash, fileIndex, cover }]
  }

  async #indexOf({ files }: LibraryTorrent): Promise<CoverIndex> {
    const known = this.#indexes.get(files)
    if (known !== undefined) return known
    const index = await runInSlices(CoverIndex.grow(files))
    this.#indexes.set(files, index)
    return index
  }
}

function imageOf(infoHash: InfoHash, fileIndex: number | null): Found[] {
  return fileIndex === null ? [] : [{ kind: 'file', infoHash, fileIndex }]
}

/** What is written on the picture of a file that has none. */
function subjectOf(
  torrent: LibraryTorrent,
  file: TorrentFile,
  { title, facts, resource }: Item,
  isOnlyVideo: boolean,
): PictureSubject {
  const rank = videoRank(file, isOnlyVideo)
  const name = title.replace(/\.[a-z\d]{1,8}$/i, '')
  const embedded = facts?.title ?? null
  switch (resource.mediaType.kind) {
    case 'audio':
      return { kind: 'audio', title: embedded ?? name, note: null }
    case 'image':
    case 'subtitle':
      return { kind: 'image', title: name, note: null }
    case 'video':
      return videoSubject(new ReleaseReader(torrent.name).read(file.components, rank), name)
  }
}

function videoSubject(release: Release, name: string): PictureSubject {
  switch (release.kind) {
    case 'film': {
      const [, title = release.title, year] = /^(.*) \((\d{4})\)$/.exec(release.title) ?? []
      return { kind: 'film', title, note: year ?? null }
    }
    case 'episode': {
      const [label = ''] = release.title.split(' ')
      return { kind: 'series', title: release.series, note: label }
    }
    case 'other':
      return { kind: 'film', title: name, note: null }
  }
}
