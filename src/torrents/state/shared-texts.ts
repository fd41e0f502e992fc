const NO_TEXTS: readonly string[] = []

/** Gives out lists of texts that were there before again: thousands of torrents have one list of trackers. */
export class SharedTexts {
  readonly #known = new Map<string, readonly string[]>()

  /** The same texts; `texts` itself is not kept. */
  share(texts: readonly string[]): readonly string[] {
    if (texts.length === 0) return NO_TEXTS
    const key = texts.join('\n')
    // A copy has no room to spare.
    const known = this.#known.get(key) ?? texts.slice()
    this.#known.set(key, known)
    return known
  }
}
