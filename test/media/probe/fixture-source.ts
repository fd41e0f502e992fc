import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ProbeSource } from '../../../src/media/probe/media-probe.ts'

const FIXTURES = new URL('../../fixtures/media/', import.meta.url)
const CLIPS = new URL('../../../demo/clips/', import.meta.url)

export const fixture = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(name, FIXTURES)))
export const clip = (path: string): Buffer => readFileSync(fileURLToPath(new URL(path, CLIPS)))

/** A file in memory that counts what is read of it. Behind its bytes it may be longer, with zeros. */
export class CountedSource implements ProbeSource {
  readonly length: number
  readBytes = 0
  readonly positions: number[] = []
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, length = bytes.length) {
    this.#bytes = bytes
    this.length = length
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    this.positions.push(position)
    const count = Math.max(0, Math.min(length, this.length - position))
    this.readBytes += count
    const bytes = new Uint8Array(count)
    bytes.set(this.#bytes.subarray(position, position + count))
    return bytes
  }
}
