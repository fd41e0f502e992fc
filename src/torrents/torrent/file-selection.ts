import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { requireFiles } from './wanted-torrent.ts'

/** Which files of a torrent are to be downloaded; who chose may have done so before anybody knew which there are. */
export class FileSelection {
  /** `null` for everything. */
  onlyFiles: FileSet | null

  constructor(onlyFiles: FileSet | null) {
    this.onlyFiles = onlyFiles
  }

  includes(fileIndex: number): boolean {
    return this.onlyFiles?.has(fileIndex) ?? true
  }

  /**
   * Throws TorrentError `unknown-file` where not one of the chosen files is in the torrent. Some may be out of
   * range: magnets select so generously.
   */
  check(metainfo: Metainfo): void {
    const first = this.onlyFiles?.first ?? null
    if (first !== null) requireFiles(metainfo, [first])
  }

  /** Who has chosen no file that there is has chosen nothing: all are wanted. */
  dropUseless(metainfo: Metainfo | null): void {
    const first = this.onlyFiles?.first ?? null
    if (metainfo !== null && first !== null && metainfo.files[first] === undefined) {
      this.onlyFiles = null
    }
  }
}
