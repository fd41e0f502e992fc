import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storing } from '../../storage-error.ts'
import { type InfoHash, parseInfoHash } from '../metainfo/info-hash.ts'

/** Of a removed torrent: its files stay, or are to be deleted and perhaps not all are yet. */
export type Removed = 'forgotten' | 'deleted'

const KINDS: readonly Removed[] = ['forgotten', 'deleted']

/**
 * Which torrents are being removed, as empty files: there is room for them on a full disk, too, on which the list
 * without them cannot be written. Whatever a list says after a crash, they are removed.
 */
export class RemovalMarks {
  readonly #folder: string
  readonly #marks = new Map<InfoHash, Removed>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Those of an earlier run. Never rejects: without the folder there are none. */
  async load(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => [])
    for (const kind of KINDS) {
      for (const name of names.filter((one) => one.endsWith(`.${kind}`))) {
        const infoHash = parseInfoHash(name.slice(0, -kind.length - 1))
        if (infoHash !== null) this.#marks.set(infoHash, kind)
      }
    }
  }

  get all(): ReadonlyMap<InfoHash, Removed> {
    return this.#marks
  }

  /** Rejects with StorageError. */
  async set(infoHash: InfoHash, kind: Removed): Promise<void> {
    const before = this.#marks.get(infoHash)
    if (before === kind) return
    const path = this.#pathOf(infoHash, kind)
    await storing({ what: 'the removal of a torrent', path }, async () => {
      // Somebody may have taken it away meanwhile.
      await mkdir(this.#folder, { recursive: true })
      if (before === undefined) await writeFile(path, '', { mode: 0o600 })
      else await rename(this.#pathOf(infoHash, before), path)
    })
    this.#marks.set(infoHash, kind)
  }

  /** It is out of the list, or back in it. Rejects with StorageError. */
  async clear(infoHash: InfoHash): Promise<void> {
    const kind = this.#marks.get(infoHash)
    if (kind === undefined) return
    const path = this.#pathOf(infoHash, kind)
    await storing({ what: 'the list of torrents', path }, () => rm(path, { force: true }))
    this.#marks.delete(infoHash)
  }

  #pathOf(infoHash: InfoHash, kind: Removed): string {
    return join(this.#folder, `${infoHash}.${kind}`)
  }
}
