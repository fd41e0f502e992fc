/** IP addresses as small numbers, and what is known about their honesty. */
export class Trust {
  readonly #indices = new Map<string, number>()
  readonly #trusted = new Set<number>()

  indexOf(address: string): number {
    const known = this.#indices.get(address)
    if (known !== undefined) return known
    const index = this.#indices.size
    this.#indices.set(address, index)
    return index
  }

  /** The address has contributed to a verified piece. */
  trust(address: string): void {
    this.#trusted.add(this.indexOf(address))
  }

  distrust(address: string): void {
    this.#trusted.delete(this.indexOf(address))
  }

  isTrusted(address: number): boolean {
    return this.#trusted.has(address)
  }
}
