import { constants } from 'node:fs'
import { access, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AtomicFile } from '../../atomic-file.ts'
import { runInSlices } from '../../concurrency/steps.ts'
import type { Logger } from '../../log.ts'
import { storing } from '../../storage-error.ts'
import { type InfoHash, parseInfoHash } from '../metainfo/info-hash.ts'
import type { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import { ChangeLog, type LoggedChanges } from './change-log.ts'
import { RemovalMarks } from './removal-marks.ts'
import { restoreMetainfo } from './restored-metainfo.ts'
import { loadResumeData, NOTHING_SAVED, saveResumeData } from './resume-data.ts'
import { SavedFacts, saveFacts } from './saved-facts.ts'
import {
  parseSession,
  type SessionChanges,
  type SessionRecord,
  sessionText,
  type TorrentRecord,
} from './session-record.ts'

/** Of a torrent, for people. */
const PROGRESS = 'what is stored of a torrent'

type ListedRecord = SessionRecord & { readonly list: number }

function plain({ list, ...record }: ListedRecord): SessionRecord {
  return record
}

/**
 * The folder `.tributary`: one file for the list of torrents and one for what has changed since it was
 * written, two and more for each torrent.
 */
export class SessionState {
  /** Torrents that are being removed. */
  readonly removals: RemovalMarks
  readonly #folder: string
  readonly #log: Logger
  readonly #session: AtomicFile
  readonly #previous: AtomicFile
  readonly #changes: ChangeLog
  /** Number of the list that was written last. */
  #list = 0

  constructor(folder: string, log: Logger) {
    this.#folder = folder
    this.#log = log
    const previousPath = join(folder, 'session.json.previous')
    this.#session = new AtomicFile(join(folder, 'session.json'), {
      holds: 'the list of torrents',
      previousPath,
    })
    this.#previous = new AtomicFile(previousPath)
    this.removals = new RemovalMarks(folder)
    this.#changes = new ChangeLog(join(folder, 'session.changes'))
  }

  /**
   * What was saved; an empty session where nothing was. What is damaged is kept beside, and the
   * torrents that it does not tell of any more are brought back from what was saved before it, or
   * from their torrent files alone. Never rejects for what is in the files.
   */
  async load(): Promise<SessionRecord> {
    await this.removals.load()
    const changes = await this.#changes.read()
    const { record, isWhole } = await this.#read(this.#session, changes)
    // Whatever happens, the next list is none whose changes are there already.
    this.#list = Math.max(record?.list ?? 0, changes?.number ?? 0)
    if (record !== null && isWhole) return plain(record)
    if (!isWhole) await this.#setAside()
    return await this.#repair(record ?? { nextId: 0, torrents: [] }, changes)
  }

  /** Writes the list whole; changes may follow it. Rejects with StorageError: nothing has changed then. */
  async save(record: SessionRecord): Promise<void> {
    const list = this.#list + 1
    await this.#session.write(await runInSlices(sessionText(record, list)))
    this.#list = list
    // What was logged belongs to the list before, and is ignored from now on.
    await this.#changes.close()
  }

  /** Writes what has changed since the list was written in this run. Rejects with StorageError. */
  async append({ nextId, put, removed }: SessionChanges): Promise<void> {
    if (!this.#changes.isOpen) await this.#changes.begin(this.#list)
    await this.#changes.append(
      [
        ...removed.map((infoHash) => ({ kind: 'removed' as const, infoHash })),
        ...put.map((record) => ({ kind: 'put' as const, record })),
      ],
      nextId,
    )
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.#changes.close()
  }

  /** What is saved of the torrent files beside them. */
  savedFacts(): Promise<SavedFacts> {
    return SavedFacts.read(this.#factsPath)
  }

  /** Rejects with the system's error. */
  async saveFacts(torrents: readonly StoredMetainfo[]): Promise<void> {
    await saveFacts(this.#factsPath, torrents)
  }

  get #factsPath(): string {
    return join(this.#folder, 'torrent-facts.jsonl')
  }

  torrentFile(infoHash: InfoHash): AtomicFile {
    return new AtomicFile(join(this.#folder, `${infoHash}.torrent`), { holds: 'the torrent file' })
  }

  resumeData(infoHash: InfoHash): AtomicFile {
    return new AtomicFile(join(this.#folder, `${infoHash}.resume`), { holds: PROGRESS })
  }

  /**
   * What is known to be on the disk is not believed any more; under which names it lies there is. Rejects with
   * StorageError.
   */
  async forgetProgress(infoHash: InfoHash): Promise<void> {
    const file = this.resumeData(infoHash)
    const { names } = await loadResumeData(file)
    if (names.size === 0) await storing({ what: PROGRESS, path: file.path }, () => file.remove())
    else await saveResumeData(file, { ...NOTHING_SAVED, names })
  }

  /** Rejects with StorageError where nothing can be stored, but for a disk that is full. */
  async requireWritable(infoHash: InfoHash): Promise<void> {
    const { path } = this.resumeData(infoHash)
    // With a slash at the end, a file is told from a folder.
    await storing({ what: PROGRESS, path }, () => access(`${this.#folder}/`, constants.W_OK))
  }

  /** Where bytes go whose own file cannot take them. */
  partsFolder(infoHash: InfoHash): string {
    return join(this.#folder, `${infoHash}.parts`)
  }

  /** The same as `remove` where a failure is only logged; never rejects. */
  async forget(infoHash: InfoHash): Promise<void> {
    try {
      await this.remove(infoHash)
    } catch (error) {
      this.#log.warn({ err: error, infoHash }, 'cannot remove what was kept of a torrent')
    }
  }

  /** Removes all that is kept of a torrent. Rejects with the system's error. */
  async remove(infoHash: InfoHash): Promise<void> {
    for (const path of [
      this.torrentFile(infoHash).path,
      this.resumeData(infoHash).path,
      this.partsFolder(infoHash),
    ]) {
      await rm(path, { recursive: true, force: true })
    }
  }

  /** `isWhole` where every entry could be read; there was no file where `record` is `null` then. */
  async #read(
    file: AtomicFile,
    changes: LoggedChanges | null,
  ): Promise<{ record: ListedRecord | null; isWhole: boolean }> {
    try {
      const bytes = await file.read()
      if (bytes === null) return { record: null, isWhole: true }
      const { lost, ...record } = await runInSlices(parseSession(bytes.toString(), changes))
      for (const name of lost) {
        this.#log.warn({ torrent: name, file: file.path }, 'an entry of the session is damaged')
      }
      return { record, isWhole: lost.length === 0 }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.warn({ file: file.path, reason }, 'the list of torrents is damaged')
      return { record: null, isWhole: false }
    }
  }

  async #setAside(): Promise<void> {
    try {
      const keptAs = await this.#session.setAside(new Date())
      this.#log.warn({ keptAs }, 'the damaged list of torrents is kept')
    } catch (error) {
      this.#log.warn({ err: error }, 'the damaged list of torrents cannot be kept')
    }
  }

  /** Adds to what could be read the torrents that are known of besides. */
  async #repair(
    { nextId, limits, torrents }: SessionRecord,
    changes: LoggedChanges | null,
  ): Promise<SessionRecord> {
    const stored = await this.#storedTorrents()
    const before = await this.#before(changes)
    const all = new Map(torrents.map((torrent) => [torrent.infoHash, torrent]))
    const ids = new Set(torrents.map(({ id }) => id))
    let next = Math.max(nextId, before?.nextId ?? 0, ...[...ids].map((id) => id + 1))
    const known = new Map(before?.torrents.map((torrent) => [torrent.infoHash, torrent]))
    // A torrent removed since has no torrent file; a magnet never had one, so it is believed.
    const magnets = [...known.values()].filter(({ outputFolder }) => outputFolder === null)
    for (const infoHash of new Set([...stored, ...magnets.map((magnet) => magnet.infoHash)])) {
      if (all.has(infoHash) || this.removals.all.has(infoHash)) continue
      const record = known.get(infoHash) ?? (await this.#adopted(infoHash))
      if (record === null) continue
      const id = record.id >= 0 && !ids.has(record.id) ? record.id : next++
      next = Math.max(next, id + 1)
      ids.add(id)
      all.set(infoHash, { ...record, id })
      this.#log.warn({ torrent: record.name ?? infoHash, id }, 'a torrent is brought back')
    }
    const sorted = [...all.values()].sort((a, b) => a.id - b.id)
    return { nextId: next, limits: limits ?? before?.limits, torrents: sorted }
  }

  /** The list before the last, with what has changed since, whichever of the two it was to follow. */
  async #before(changes: LoggedChanges | null): Promise<SessionRecord | null> {
    const { record } = await this.#read(this.#previous, changes)
    if (changes === null) return record
    const known = record ?? { nextId: 0, torrents: [], list: changes.number }
    const text = JSON.stringify({ ...known, list: changes.number })
    return await runInSlices(parseSession(text, changes))
  }

  /** What can be known of a torrent by its torrent file: its files are checked, then it goes on. */
  async #adopted(infoHash: InfoHash): Promise<TorrentRecord | null> {
    const { metainfo } = await restoreMetainfo(this, { infoHash })
    if (metainfo === null) return null
    const { mtime } = await stat(this.torrentFile(infoHash).path)
    return {
      ...{ id: -1, infoHash, addedAt: mtime, isPaused: false, onlyFiles: null },
      ...{ outputFolder: null, wantedFolder: null, adopt: true, name: metainfo.name },
      ...{ trackers: [], peers: [], exactSources: [] },
    }
  }

  /** Torrents with a torrent file. */
  async #storedTorrents(): Promise<InfoHash[]> {
    try {
      const names = await readdir(this.#folder)
      return names
        .filter((name) => name.endsWith('.torrent'))
        .map((name) => parseInfoHash(name.slice(0, -'.torrent'.length)))
        .filter((infoHash) => infoHash !== null)
        .sort()
    } catch {
      // No folder yet.
      return []
    }
  }
}
