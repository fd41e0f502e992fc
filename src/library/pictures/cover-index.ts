import type { Steps } from '../../concurrency/steps.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'

/** A torrent of more images is a collection of them: none of them is a film's. */
const MOST_STEMS = 5_000
/** Files gone through in one step. */
const STEP_FILES = 512
/** Larger images are no covers. */
const LARGEST_COVER_BYTES = 32 * 1024 * 1024

/** Names of covers without extension, the best first. */
const COVER_NAMES = [
  /^cover$/i,
  /^folder$/i,
  /^(?:poster|movie|show)$/i,
  /^front$/i,
  /^album[ ._-]?art$/i,
  /^albumart_.*_large$/i,
  /^(?:.*[ ._()[\]-])?(?:cover|front|poster)(?:[ ._()[\]-].*)?$/i,
  /^albumart.*$/i,
  /^thumb(?:nail)?$/i,
] as const
/** Folders that hold the covers of the folder around them. */
const COVER_FOLDER = /^(?:covers?|scans?|art(?:work)?s?|posters?)$/i
/** What stands behind a film's name in that of its picture. */
const STEM_SUFFIX = /[ ._-](?:poster|cover|folder|front|thumb(?:nail)?)$/i

/** Which of the images of a torrent are covers of its folders and files. Names alone decide. */
export class CoverIndex {
  /** Videos in it. */
  readonly videoCount: number
  readonly #folders: ReadonlyMap<string, number>
  readonly #stems: ReadonlyMap<string, number>

  static *grow(files: readonly TorrentFile[]): Steps<CoverIndex> {
    const folders = new Map<string, Ranked>()
    const stems = new Map<string, number>()
    let videoCount = 0
    for (const file of files) {
      if (file.index % STEP_FILES === STEP_FILES - 1) yield
      if (file.padding || file.symlink !== null || file.length === 0) continue
      const name = file.components.at(-1) ?? ''
      const kind = mediaTypeOf(name)?.kind
      if (kind === 'video') videoCount++
      if (kind !== 'image' || file.length > LARGEST_COVER_BYTES) continue
      const stem = stemOf(name)
      offer(folders, file, stem)
      const key = keyOf(file.components, stem.replace(STEM_SUFFIX, ''))
      if (stems.size < MOST_STEMS && !stems.has(key)) stems.set(key, file.index)
    }
    const covers = new Map([...folders].map(([folder, { fileIndex }]) => [folder, fileIndex]))
    return new CoverIndex(videoCount, covers, stems)
  }

  private constructor(
    videoCount: number,
    folders: ReadonlyMap<string, number>,
    stems: ReadonlyMap<string, number>,
  ) {
    this.videoCount = videoCount
    this.#folders = folders
    this.#stems = stems
  }

  /** Index of the image that is named like a file and lies beside it; `null` where there is none. */
  besideFile({ components }: Pick<TorrentFile, 'components'>): number | null {
    return this.#stems.get(keyOf(components, stemOf(components.at(-1) ?? ''))) ?? null
  }

  /**
   * Index of the cover of a folder, or of the one around it, and so on up to the torrent; `null` where there
   * is none.
   *
   * @param folder - Path in the torrent; empty for the whole torrent.
   */
  ofFolder(folder: readonly string[]): number | null {
    for (let depth = folder.length; depth >= 0; depth--) {
      const cover = this.#folders.get(pathOf(folder.slice(0, depth)))
      if (cover !== undefined) return cover
    }
    return null
  }
}

interface Ranked {
  readonly fileIndex: number
  readonly rank: number
}

function offer(folders: Map<string, Ranked>, { components, index }: TorrentFile, stem: string) {
  const rank = COVER_NAMES.findIndex((name) => name.test(stem))
  if (rank < 0) return
  const folder = components.slice(0, -1)
  put(folders, folder, { fileIndex: index, rank })
  if (COVER_FOLDER.test(folder.at(-1) ?? '')) {
    put(folders, folder.slice(0, -1), { fileIndex: index, rank: rank + COVER_NAMES.length })
  }
}

function put(folders: Map<string, Ranked>, folder: readonly string[], cover: Ranked): void {
  const path = pathOf(folder)
  const known = folders.get(path)
  if (known === undefined || cover.rank < known.rank) folders.set(path, cover)
}

function keyOf(components: readonly string[], stem: string): string {
  return pathOf([...components.slice(0, -1), stem.toLowerCase()])
}

function pathOf(components: readonly string[]): string {
  return components.join('\0')
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? name : name.slice(0, dot)
}
