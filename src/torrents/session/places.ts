import { relative, resolve, sep } from 'node:path'
import { inTurns } from '../../concurrency/in-turns.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { pathKey } from '../metainfo/portable-name.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import { storedFilesSoon } from '../store/file-layout.ts'
import {
  findInTheWay,
  foldersFor,
  requireRealInside,
  STATE_FOLDER,
} from '../store/output-folder.ts'
import { TorrentError } from '../torrent-error.ts'

interface Place {
  readonly folder: string
  readonly files: readonly TorrentFile[]
}

/**
 * Which torrent owns which paths of the data folder. Two torrents never share a path, also where
 * the file system takes two spellings for one (`pathKey`). Claims are decided one after another.
 */
export class Places {
  readonly #folder: string
  readonly #places = new Map<InfoHash, Place>()
  /** Keys of files, and of the folders that they lie in, with how many there are of each. */
  readonly #files = new Map<string, number>()
  readonly #folders = new Map<string, number>()
  /** Settled when all that was asked for so far is done; never rejects. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#folder = folder
  }

  relative(folder: string): string {
    return relative(this.#folder, folder)
  }

  /** The folder of a torrent of an earlier run, also where it shares paths with another. */
  restore(metainfo: Metainfo, folder: string): Promise<void> {
    return this.#inOrder(() => this.#keep(metainfo, folder))
  }

  /**
   * The folder for the torrent's files, its own from now on. Throws TorrentError `files-exist`
   * where files are in the way that it may not adopt, and `bad-folder` where the wanted folder
   * leads out of the data folder.
   */
  claim(record: TorrentRecord, metainfo: Metainfo): Promise<string> {
    return this.#inOrder(() => this.#claim(record, metainfo))
  }

  /** The folder that a torrent has, or would get; nobody claims it by that. Rejects as `claim` does. */
  placeFor(metainfo: Metainfo, wanted: string | null): Promise<string> {
    return this.#inOrder(async () => {
      if (wanted !== null) await requireRealInside(this.#folder, wanted)
      const known = this.#places.get(metainfo.infoHash)
      return known?.folder ?? (await this.#freeFolder(metainfo, wanted, true))
    })
  }

  /** The folder that a torrent has claimed; `null` for none. */
  folderOf(infoHash: InfoHash): Promise<string | null> {
    return this.#inOrder(async () => this.#places.get(infoHash)?.folder ?? null)
  }

  release(infoHash: InfoHash): Promise<void> {
    return this.#inOrder(async () => {
      const place = this.#places.get(infoHash)
      this.#places.delete(infoHash)
      if (place !== undefined) await this.#count(place, -1)
    })
  }

  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task)
    this.#last = done.catch(() => {})
    return done
  }

  async #claim(record: TorrentRecord, metainfo: Metainfo): Promise<string> {
    const known = this.#places.get(metainfo.infoHash)
    if (known !== undefined) return known.folder
    const { outputFolder, wantedFolder, adopt } = record
    if (outputFolder === null && wantedFolder !== null) {
      await requireRealInside(this.#folder, resolve(this.#folder, wantedFolder))
    }
    const wanted = outputFolder ?? wantedFolder
    const base = wanted === null ? null : resolve(this.#folder, wanted)
    const folder = await this.#freeFolder(metainfo, base, adopt || outputFolder !== null)
    await this.#keep(metainfo, folder)
    return folder
  }

  async #freeFolder(metainfo: Metainfo, wanted: string | null, adopt: boolean): Promise<string> {
    let existing: string | null = null
    for (const [index, folder] of foldersFor(metainfo, this.#folder, wanted).entries()) {
      if (await this.#isTaken(metainfo.files, folder)) continue
      if (adopt) return folder
      existing = await findInTheWay(await storedFilesSoon(metainfo.files, folder), this.#folder)
      if (existing === null) return folder
      // The usual place is the owner's to decide about; of the others there is a next one.
      if (index === 0) break
    }
    const path = existing ?? metainfo.name
    throw new TorrentError('files-exist', `${path} exists; ask for overwrite to take it over`)
  }

  async #isTaken(files: readonly TorrentFile[], folder: string): Promise<boolean> {
    const state = pathKey(STATE_FOLDER)
    const outer = this.#keyOf(folder)
    if (this.#files.has(outer) || foldersAbove(outer).some((above) => this.#files.has(above))) {
      return true
    }
    const isOwn = outer === state || outer.startsWith(`${state}/`)
    // Nobody else has anything in there.
    if (outer !== '' && !isOwn && !this.#folders.has(outer)) return false
    let isTaken = isOwn
    await this.#eachKey({ folder, files }, (key, above) => {
      isTaken ||=
        this.#files.has(key) ||
        // A file where another torrent has a folder, or the other way round.
        this.#folders.has(key) ||
        above.some((name) => this.#files.has(name)) ||
        key === state ||
        key.startsWith(`${state}/`)
    })
    return isTaken
  }

  async #keep(metainfo: Metainfo, folder: string): Promise<void> {
    const place = { folder, files: metainfo.files }
    this.#places.set(metainfo.infoHash, place)
    await this.#count(place, 1)
  }

  async #count(place: Place, change: 1 | -1): Promise<void> {
    await this.#eachKey(place, (key, above) => {
      add(this.#files, key, change)
      for (const folder of above) add(this.#folders, folder, change)
    })
  }

  /** The key of each file, and the folders above it that no file before it was in. */
  async #eachKey(
    { folder, files }: Place,
    visit: (key: string, above: readonly string[]) => void,
  ): Promise<void> {
    const outer = this.#keyOf(folder)
    const seen = new Set<string>()
    /** Keys of folders by their paths: most files lie in one that was looked at before. */
    const folders = new Map<string, string>()
    await inTurns(files, ({ padding, symlink, components }) => {
      if (padding || symlink !== null) return
      const path = components.slice(0, -1).join('/')
      const known = folders.get(path)
      const within = known ?? [outer, pathKey(path)].filter((part) => part !== '').join('/')
      const name = pathKey(components.at(-1) ?? '')
      const key = within === '' ? name : `${within}/${name}`
      if (known !== undefined) return visit(key, NO_FOLDERS)
      folders.set(path, within)
      const above = foldersAbove(key).filter((one) => !seen.has(one))
      for (const one of above) seen.add(one)
      visit(key, above)
    })
  }

  #keyOf(path: string): string {
    return pathKey(relative(this.#folder, path).replaceAll(sep, '/'))
  }
}

const NO_FOLDERS: readonly string[] = []

/** The folders that a key lies in, the nearest first; not the data folder itself. */
function foldersAbove(key: string): string[] {
  const folders: string[] = []
  for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) {
    folders.push(key.slice(0, end))
  }
  return folders
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
