import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { hasCode } from '../../error-code.ts'
import { type Stored, storing } from '../../storage-error.ts'

/** What has happened to one torrent. */
export type RecordChange =
  | { readonly kind: 'put'; readonly record: unknown }
  | { readonly kind: 'removed'; readonly infoHash: string }

/** Changes to the list that has the same number. */
export interface LoggedChanges {
  readonly number: number
  /** Next free id after the last of them; 0 where none was written. */
  readonly nextId: number
  readonly changes: readonly RecordChange[]
}

/**
 * What has changed since a list of torrents was written whole: a line of JSON for each change, in a
 * file that only grows, so that with ten thousand torrents a change costs as much as with one. The first line
 * has the number of the list that the changes follow; a line that a crash has cut short is ignored.
 */
export class ChangeLog {
  readonly path: string
  #file: FileHandle | null = null
  #bytes = 0

  constructor(path: string) {
    this.path = path
  }

  /** Changes can be appended. */
  get isOpen(): boolean {
    return this.#file !== null
  }

  /** `null` where there is none, or it cannot be read. */
  async read(): Promise<LoggedChanges | null> {
    let text: string
    try {
      text = await readFile(this.path, 'utf8')
    } catch {
      // Missing, or damaged as a whole: the list and the torrent files are what is left.
      return null
    }
    const [head, ...lines] = text.split('\n').map(parseLine)
    if (typeof head?.list !== 'number') return null
    let nextId = 0
    const changes: RecordChange[] = []
    for (const line of lines) {
      if (line === null) continue
      if (typeof line.nextId === 'number') nextId = Math.max(nextId, line.nextId)
      if (typeof line.removed === 'string')
        changes.push({ kind: 'removed', infoHash: line.removed })
      else if (line.put !== undefined) changes.push({ kind: 'put', record: line.put })
    }
    return { number: head.list, nextId, changes }
  }

  /** Begins anew: what follows are changes to the list of this number. Rejects with StorageError. */
  begin(number: number): Promise<void> {
    return storing(this.#stored, () => this.#begin(number))
  }

  async #begin(number: number): Promise<void> {
    await this.close()
    await rm(this.path, { recursive: true, force: true })
    const file = await open(this.path, 'wx', 0o600)
    this.#bytes = 0
    try {
      await this.#write(file, `${JSON.stringify({ list: number })}\n`)
    } catch (error) {
      // What is appended to a log that does not say which list it follows counts for none.
      await file.close()
      throw error
    }
    this.#file = file
  }

  /** Resolves when they are safe from a power cut. Rejects with StorageError; none counts then. */
  async append(changes: readonly RecordChange[], nextId: number): Promise<void> {
    if (this.#file === null) throw new Error('the log of changes is not open')
    const lines = changes.map((change) =>
      change.kind === 'put'
        ? JSON.stringify({ nextId, put: change.record })
        : JSON.stringify({ nextId, removed: change.infoHash }),
    )
    const file = this.#file
    await storing(this.#stored, () => this.#write(file, `${lines.join('\n')}\n`))
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close()
  }

  get #stored(): Stored {
    return { what: 'the list of torrents', path: this.path }
  }

  async #write(file: FileHandle, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    try {
      await file.write(bytes, 0, bytes.length, this.#bytes)
      await file.datasync()
    } catch (error) {
      // Half a line must not stand before the next.
      await file.truncate(this.#bytes).catch((failure: unknown) => {
        if (!hasCode(failure, 'EIO', 'ENOSPC')) throw failure
      })
      throw error
    }
    this.#bytes += bytes.length
  }
}

function parseLine(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null ? (line as Record<string, unknown>) : null
  } catch {
    // The end of the file, or cut short by a crash.
    return null
  }
}
