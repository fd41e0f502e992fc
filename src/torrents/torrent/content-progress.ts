import type { Bitfield } from '../pieces/bitfield.ts'
import type { PieceStore } from '../store/piece-store.ts'
import type { ContentFiles } from './content-files.ts'
import type { KeptPieces } from './kept-pieces.ts'
import type { LastUse } from './last-use.ts'

export interface ContentProgressParts {
  readonly have: Bitfield
  readonly kept: KeptPieces
  readonly lastUse: LastUse
  readonly store: PieceStore
  readonly files: ContentFiles
  /** What was watched is of interest only where it may be freed. */
  readonly onDemand: boolean
  /** Somebody else has changed a file. */
  readonly onChanged: (file: number) => void
}

/** Saves what is known to be on the disk of one torrent. */
export class ContentProgress {
  readonly #parts: ContentProgressParts
  #isDirty = false
  #saving: Promise<void> = Promise.resolve()

  constructor(parts: ContentProgressParts) {
    this.#parts = parts
  }

  /** There is something to be saved. */
  changed(): void {
    this.#isDirty = true
  }

  /** Once what it speaks of is on the disk; one after another. Rejects with the system's error. */
  save(): Promise<void> {
    const save = (): Promise<void> => this.#save()
    this.#saving = this.#saving.then(save, save)
    return this.#saving
  }

  async #save(): Promise<void> {
    const { have, kept: keptPieces, lastUse, store, files, onDemand, onChanged } = this.#parts
    if (!this.#isDirty && !(onDemand && lastUse.isUnsaved)) return
    this.#isDirty = false
    lastUse.isUnsaved = false
    const pieces = have.bytes.slice()
    const { changes } = have
    const kept = keptPieces.all
    try {
      const synced = await store.sync()
      files.written(synced)
      // A file that looks as saved is believed to have no more than the saved pieces.
      const outrun = have.changes === changes ? [] : synced.map(({ file }) => file)
      await files.save({ pieces, kept, lastUse: lastUse.all }, outrun)
      for (const { file, mark } of synced) if (mark === null) onChanged(file)
    } catch (error) {
      this.#isDirty = true
      throw error
    }
  }
}
