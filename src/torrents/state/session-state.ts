import { join } from 'node:path'
import { FileSet } from '../file-set.ts'
import { type InfoHash, parseInfoHash } from '../info-hash.ts'
import { type Metainfo, parseMetainfo } from '../metainfo.ts'
import { AtomicFile } from './atomic-file.ts'

/** What a restart needs to know of a torrent beside its torrent file. */
export interface TorrentRecord {
  readonly id: number
  readonly infoHash: InfoHash
  readonly addedAt: Date
  readonly isPaused: boolean
  /** The selected files; `null` for all. */
  readonly onlyFiles: FileSet | null
  /** Where the files lie, relative to the data folder; `null` while a magnet is resolved. */
  readonly outputFolder: string | null
  /** Asked for by whoever added it; `null` for the usual place. */
  readonly wantedFolder: string | null
  /** Take over files that are already there. */
  readonly adopt: boolean
  /** Name of a magnet. */
  readonly name: string | null
  readonly trackers: readonly string[]
  /** http(s) URLs of a magnet where its torrent file may lie (`xs`, `as`). */
  readonly exactSources: readonly string[]
  /** `ip:port` of peers met before. */
  readonly peers: readonly string[]
}

export interface SessionRecord {
  readonly nextId: number
  readonly torrents: readonly TorrentRecord[]
}

/** The folder `.tributary`: one file for the session, two for each torrent. */
export class SessionState {
  readonly #folder: string
  readonly #session: AtomicFile

  constructor(folder: string) {
    this.#folder = folder
    this.#session = new AtomicFile(join(folder, 'session.json'))
  }

  /** An empty session where nothing has been saved. Throws where what is there is damaged. */
  async load(): Promise<SessionRecord> {
    const saved = await this.#session.read()
    if (saved === null) return { nextId: 0, torrents: [] }
    const { nextId, torrents } = this.#parse(saved.toString())
    return { nextId, torrents: torrents.map(revive).filter((record) => record !== null) }
  }

  #parse(text: string): { nextId: number; torrents: Saved[] } {
    try {
      const { nextId, torrents } = JSON.parse(text)
      if (Number.isSafeInteger(nextId) && Array.isArray(torrents)) return { nextId, torrents }
      throw new Error('it is not what was saved')
    } catch (error) {
      throw new Error(`${this.#session.path} is damaged`, { cause: error })
    }
  }

  async save(record: SessionRecord): Promise<void> {
    await this.#session.write(`${JSON.stringify(record, null, 1)}\n`)
  }

  /** `null` where it is not known yet, or damaged: then it is fetched from peers again. */
  async loadMetainfo(infoHash: InfoHash): Promise<Metainfo | null> {
    const bytes = await this.torrentFile(infoHash).read()
    try {
      return bytes === null ? null : parseMetainfo(bytes)
    } catch {
      // Whatever is wrong with it, it is not what was saved.
      return null
    }
  }

  torrentFile(infoHash: InfoHash): AtomicFile {
    return new AtomicFile(join(this.#folder, `${infoHash}.torrent`))
  }

  resumeData(infoHash: InfoHash): AtomicFile {
    return new AtomicFile(join(this.#folder, `${infoHash}.resume`))
  }
}

type Saved = Omit<TorrentRecord, 'addedAt' | 'onlyFiles' | 'exactSources'> & {
  readonly addedAt: string
  readonly onlyFiles: unknown
  readonly exactSources?: readonly string[]
}

function revive(saved: Saved): TorrentRecord | null {
  const infoHash = parseInfoHash(String(saved.infoHash))
  if (infoHash === null) return null
  return {
    ...saved,
    infoHash,
    addedAt: new Date(saved.addedAt),
    onlyFiles: FileSet.revive(saved.onlyFiles),
    exactSources: saved.exactSources ?? [],
  }
}
