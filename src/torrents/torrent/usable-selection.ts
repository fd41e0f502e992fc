import { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { Selection } from '../metainfo/selection.ts'

/** What is selected of a torrent, and what of that can be had: files with faults cannot. */
export class UsableSelection {
  readonly #metainfo: Metainfo
  /** Why files cannot be used, by index. */
  readonly #faults: () => ReadonlyMap<number, string>
  #selected: Selection

  constructor(metainfo: Metainfo, selected: Selection, faults: () => ReadonlyMap<number, string>) {
    this.#metainfo = metainfo
    this.#selected = selected
    this.#faults = faults
  }

  get selected(): Selection {
    return this.#selected
  }

  /** `null` selects everything. */
  select(onlyFiles: FileSet | null): void {
    // To go through a hundred thousand files takes some ten milliseconds.
    if (onlyFiles === this.#selected.onlyFiles) return
    this.#selected = new Selection(this.#metainfo, onlyFiles)
  }

  /** What is selected, without the files that cannot be used. */
  get usable(): Selection {
    const faults = this.#faults()
    if (faults.size === 0) return this.#selected
    const usable = this.#metainfo.files.filter(
      ({ index }) => this.#selected.includes(index) && !faults.has(index),
    )
    return new Selection(this.#metainfo, FileSet.of(usable.map(({ index }) => index)))
  }
}
