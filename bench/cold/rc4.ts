/** RC4 as MSE uses it: the first 1,024 bytes of the key stream are thrown away. */
export class Rc4 {
  readonly #state: Uint8Array = Uint8Array.from({ length: 256 }, (_, i) => i)
  #i = 0
  #j = 0

  constructor(key: Uint8Array) {
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + this.#at(i) + (key[i % key.length] ?? 0)) & 0xff
      this.#swap(i, j)
    }
    this.apply(Buffer.alloc(1024))
  }

  /** Encrypts and decrypts alike. */
  apply(bytes: Uint8Array): Buffer {
    const result = Buffer.from(bytes)
    for (let n = 0; n < result.length; n++) {
      this.#i = (this.#i + 1) & 0xff
      this.#j = (this.#j + this.#at(this.#i)) & 0xff
      this.#swap(this.#i, this.#j)
      result[n] = (bytes[n] ?? 0) ^ this.#at((this.#at(this.#i) + this.#at(this.#j)) & 0xff)
    }
    return result
  }

  #at(index: number): number {
    return this.#state[index] ?? 0
  }

  #swap(i: number, j: number): void {
    const [a, b] = [this.#at(i), this.#at(j)]
    this.#state[i] = b
    this.#state[j] = a
  }
}
