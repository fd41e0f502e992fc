import { BlocklistSource, type BlocklistSurroundings } from './blocklist-source.ts'

/** The blocklist of a session, which may be another one while it runs. */
export class SessionBlocklist {
  readonly #surroundings: BlocklistSurroundings
  /** Told when others are blocked. */
  onChange = (): void => {}
  #name: string | null = null
  #source: BlocklistSource | null = null
  #isClosed = false

  constructor(surroundings: BlocklistSurroundings) {
    this.#surroundings = surroundings
  }

  has(address: string): boolean {
    return this.#source?.has(address) ?? false
  }

  /**
   * A file or an http(s) URL from now on, or nothing. One after another. Rejects with an Error that says why it cannot be
   * read, and the one before stays; a URL that need not be `there` now is tried again instead.
   */
  async use(name: string | null, need: 'there' | 'some time'): Promise<void> {
    if (name === this.#name || this.#isClosed) return
    const source = name === null ? null : new BlocklistSource(name, this.#surroundings)
    try {
      await source?.open(need)
    } catch (error) {
      source?.close()
      throw error
    }
    this.#source?.close()
    this.#source = source
    this.#name = name
    if (source !== null) source.onChange = () => this.onChange()
    this.onChange()
    if (this.#isClosed) source?.close()
  }

  close(): void {
    this.#isClosed = true
    this.#source?.close()
  }
}
