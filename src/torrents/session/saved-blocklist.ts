import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AtomicFile } from '../../atomic-file.ts'

const NAME = /^blocklist-[\da-f]{16}\.gz$/
const packed = promisify(gzip)

/** What a URL has answered last, for a start at which it does not answer. */
export class SavedBlocklist {
  readonly #folder: string
  readonly #name: string

  /** @param folder - Of the session's own state. */
  constructor(folder: string, url: URL) {
    this.#folder = folder
    // The URL may have a password in it, and a list is of no use for another one.
    this.#name = `blocklist-${createHash('sha256').update(url.href).digest('hex').slice(0, 16)}.gz`
  }

  /** As gzip. Rejects while it is read with the system's error, also where there is none (`ENOENT`). */
  read(): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.#folder, this.#name))
  }

  /** In place of all that were saved before. Rejects with the system's error. */
  async write(list: Uint8Array): Promise<void> {
    await new AtomicFile(join(this.#folder, this.#name)).write(await packed(list))
    for (const name of await readdir(this.#folder)) {
      if (NAME.test(name) && name !== this.#name) await rm(join(this.#folder, name))
    }
  }
}
