import { relative, resolve, sep } from 'node:path'
import type { InfoHash } from './info-hash.ts'
import type { Metainfo } from './metainfo.ts'
import { findExisting, foldersAbove, outputFolderFor, pathsOf } from './output-folder.ts'
import type { TorrentRecord } from './state/session-state.ts'
import { storedFiles } from './store/file-layout.ts'
import { TorrentError } from './torrent-error.ts'

interface Place {
  readonly folder: string
  readonly paths: readonly string[]
  /** Rejects where files are in the way. */
  readonly isFree: Promise<void>
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
    this.#keep(metainfo, folder, Promise.resolve())
  }

  /**
   * The folder for the torrent's files, its own from now on. Throws TorrentError `files-exist`
   * where files are in the way that it may not adopt.
   */
  async claim(record: TorrentRecord, metainfo: Metainfo): Promise<string> {
    const known = this.#places.get(metainfo.infoHash)
    if (known !== undefined) {
      await known.isFree
      return known.folder
    }
    const wanted = record.outputFolder ?? record.wantedFolder
    const folder = outputFolderFor(
      metainfo,
      this.#folder,
      wanted === null ? null : resolve(this.#folder, wanted),
      this.#taken(),
    )
    const mayAdopt = record.adopt || record.outputFolder !== null
    const isFree = mayAdopt ? Promise.resolve() : this.#requireFree(metainfo, folder)
    // Ours before the disk is asked, so that two that are added at once do not get the same.
    this.#keep(metainfo, folder, isFree)
    await isFree
    return folder
  }

  release(infoHash: InfoHash): void {
    this.#places.delete(infoHash)
  }

  #keep(metainfo: Metainfo, folder: string, isFree: Promise<void>): void {
    const paths = pathsOf(storedFiles(metainfo.files, folder))
    this.#places.set(metainfo.infoHash, { folder, paths, isFree })
  }

  async #requireFree(metainfo: Metainfo, folder: string): Promise<void> {
    const { existing } = await findExisting(storedFiles(metainfo.files, folder))
    if (existing === null) return
    this.release(metainfo.infoHash)
    throw new TorrentError('files-exist', `${existing} exists; ask for overwrite to take it over`)
  }

  /** All paths of all torrents, and the folders that they lie in (with a separator). */
  #taken(): Set<string> {
    const taken = new Set<string>()
    for (const { paths } of this.#places.values()) {
      for (const path of paths) {
        taken.add(path)
        for (const above of foldersAbove(path, this.#folder)) taken.add(`${above}${sep}`)
      }
    }
    return taken
  }
}
