/** A renderer has one or two open, a person who tries things out some more. */
const MAX_PER_ADDRESS = 64
/** Their buffers and windows are bounded all the same; this bounds what each costs besides. */
const MAX_IN_ALL = 500

/** Counts the streams that are being sent. */
export class StreamSlots {
  readonly #countOf = new Map<string, number>()
  #all = 0

  /** Takes a slot for a stream to `address`; `null` where there is none. The result gives it back. */
  take(address: string): (() => void) | null {
    const fromAddress = this.#countOf.get(address) ?? 0
    if (fromAddress >= MAX_PER_ADDRESS || this.#all >= MAX_IN_ALL) return null
    this.#all++
    this.#countOf.set(address, fromAddress + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#giveBack(address)
    }
  }

  #giveBack(address: string): void {
    this.#all--
    const left = (this.#countOf.get(address) ?? 1) - 1
    if (left === 0) this.#countOf.delete(address)
    else this.#countOf.set(address, left)
  }
}
