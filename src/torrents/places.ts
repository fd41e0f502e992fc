import { join, relative, resolve, sep } from 'node:path'
import type { InfoHash } from './info-hash.ts'
import type { Metainfo } from './metainfo.ts'
import { findExisting, outputFolderFor, pathsOf } from './output-folder.ts'
import type { TorrentRecord } from './state/session-state.ts'
import { storedFiles } from './store/file-layout.ts'
import { TorrentError } from './torrent-error.ts'

interface Place {
  readonly folder: string
  readonly paths: readonly string[]
}

/** Which torrent owns which paths of the data folder. */
export class Places {
  readonly #folder: string
  readonly #places = new Map<InfoHash, Place>()

  constructor(folder: string) {
    this.#folder = folder
  }

  relative(folder: string): string {
    return relative(this.#folder, folder)
  }

  /** The folder of a torrent of an earlier run. */
  restore(metainfo: Metainfo, folder: string): void {
    this.#places.set(metainfo.infoHash, {
      folder,
      paths: pathsOf(storedFiles(metainfo.files, folder)),
    })
  }

  /**
   * The folder for the torrent's files, its own from now on. Throws TorrentError `files-exist`
   * where files are in the way that it may not adopt.
   */
  async claim(record: TorrentRecord, metainfo: Metainfo): Promise<string> {
    const known = this.#places.get(metainfo.infoHash)
    if (known !== undefined) return known.folder
    const wanted = record.outputFolder ?? record.wantedFolder
    const folder = outputFolderFor(
      metainfo,
      this.#folder,
      wanted === null ? null : resolve(this.#folder, wanted),
      this.#taken(),
    )
    // Ours before the disk is asked, so that two that are added at once do not get the same.
    this.restore(metainfo, folder)
    if (record.adopt || record.outputFolder !== null) return folder
    const { existing } = await findExisting(storedFiles(metainfo.files, folder))
    if (existing === null) return folder
    this.release(metainfo.infoHash)
    throw new TorrentError('files-exist', `${existing} exists; ask for overwrite to take it over`)
  }

  release(infoHash: InfoHash): void {
    this.#places.delete(infoHash)
  }

  /** All paths of all torrents, and the folders at the top that they lie in (with a separator). */
  #taken(): Set<string> {
    const taken = new Set<string>()
    for (const { paths } of this.#places.values()) {
      for (const path of paths) {
        taken.add(path)
        const [top = ''] = relative(this.#folder, path).split(sep)
        const root = join(this.#folder, top)
        if (root !== path) taken.add(`${root}${sep}`)
      }
    }
    return taken
  }
}
