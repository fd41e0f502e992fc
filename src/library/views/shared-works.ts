import { runInSlices } from '../../concurrency/steps.ts'
import type { Catalogue } from './catalogue.ts'
import { type ListedWork, worksOf } from './listing.ts'

type Works = readonly ListedWork[]

/** The works of a library for all who ask at the same time: kept as long as one of them reads. */
export class SharedWorks {
  #catalogue: Catalogue | null = null
  #making: Promise<Works> | null = null
  #made: WeakRef<Works> | null = null

  of(catalogue: Catalogue): Promise<Works> {
    const isSame = this.#catalogue === catalogue
    const made = isSame ? this.#made?.deref() : undefined
    if (made !== undefined) return Promise.resolve(made)
    if (isSame && this.#making !== null) return this.#making
    this.#catalogue = catalogue
    const making = this.#make(catalogue)
    this.#making = making
    return making
  }

  async #make(catalogue: Catalogue): Promise<Works> {
    try {
      const works = await runInSlices(worksOf(catalogue))
      if (this.#catalogue === catalogue) this.#made = new WeakRef(works)
      return works
    } finally {
      if (this.#catalogue === catalogue) this.#making = null
    }
  }
}
