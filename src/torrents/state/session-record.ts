import type { Steps } from '../../concurrency/steps.ts'
import { FileSet } from '../metainfo/file-set.ts'
import { type InfoHash, parseInfoHash } from '../metainfo/info-hash.ts'
import { type Limits, reviveLimits } from '../rates/limits.ts'
import { isNumberOfConnections } from '../swarm/max-connections.ts'
import type { PeerTimeouts } from '../swarm/swarm.ts'
import type { LoggedChanges, RecordChange } from './change-log.ts'
import { reviveSeeding, type SeedingRecord } from './seeding.ts'
import { SharedTexts } from './shared-texts.ts'

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
  /** http(s) URLs of a magnet (BEP 19); none when absent. */
  readonly webSeeds?: readonly string[] | undefined
  /** Of its peers, in this run alone. */
  readonly timeouts?: PeerTimeouts | undefined
  /** `ip:port` of peers met before. */
  readonly peers: readonly string[]
  /** How much it was seeded, and how much it is to be. */
  readonly seeding?: SeedingRecord | undefined
  /** Its own; none when absent. */
  readonly limits?: Limits | undefined
  /** Peers at once; as the session says when absent. */
  readonly maxConnections?: number | undefined
  /** Nothing of it is freed to make room; false when absent. */
  readonly keep?: boolean | undefined
}

export interface SessionRecord {
  readonly nextId: number
  /** Of all torrents together; none when absent. */
  readonly limits?: Limits | undefined
  readonly torrents: readonly TorrentRecord[]
}

/** What has happened to torrents since the list was written. */
export interface SessionChanges {
  readonly nextId: number
  /** New, or not what they were. */
  readonly put: readonly TorrentRecord[]
  readonly removed: readonly InfoHash[]
}

/** A session read back, and what could not be. */
export interface ParsedSession extends SessionRecord {
  /** Number of the list: changes to it have the same. */
  readonly list: number
  /** What names each damaged entry best. */
  readonly lost: readonly string[]
}

/** Read in one step. */
const STEP_ENTRIES = 128

type Fields = Readonly<Partial<Record<keyof TorrentRecord, unknown>>>

/**
 * Reads what was saved, entry by entry, and what has changed since. Throws where it is no session at
 * all; an entry whose place or identity cannot be told is lost, one that only lacks what can be done
 * without is not.
 */
export function* parseSession(
  text: string,
  log: LoggedChanges | null = null,
): Steps<ParsedSession> {
  const saved: unknown = JSON.parse(text)
  yield
  if (typeof saved !== 'object' || saved === null) throw new Error('it is no session')
  const fields = saved as Readonly<Record<string, unknown>>
  if (!Array.isArray(fields.torrents)) throw new Error('it has no list of torrents')
  const list = isId(fields.list) ? fields.list : 0
  // The log of another list: this one was written after it.
  const since = log?.number === list ? log : null
  const torrents = since === null ? fields.torrents : changedEntries(fields.torrents, since.changes)
  const nextId = Math.max(isId(fields.nextId) ? fields.nextId : 0, since?.nextId ?? 0)
  return { ...(yield* parseEntries(torrents, nextId)), limits: savedLimits(fields.limits), list }
}

/** Entries by the order in which they were added first; what was put takes the place of what was. */
function changedEntries(
  entries: readonly unknown[],
  changes: readonly RecordChange[],
): readonly unknown[] {
  const byInfoHash = new Map<unknown, unknown>()
  for (const [index, entry] of entries.entries()) byInfoHash.set(hashOf(entry) ?? index, entry)
  for (const change of changes) {
    if (change.kind === 'removed') byInfoHash.delete(change.infoHash)
    else byInfoHash.set(hashOf(change.record) ?? byInfoHash.size, change.record)
  }
  return [...byInfoHash.values()]
}

function hashOf(entry: unknown): string | null {
  const { infoHash } = (typeof entry === 'object' && entry !== null ? entry : {}) as Fields
  return typeof infoHash === 'string' ? infoHash : null
}

function* parseEntries(
  torrents: readonly unknown[],
  nextId: number,
): Steps<Omit<ParsedSession, 'list'>> {
  const records = new Map<InfoHash, TorrentRecord>()
  const shared = new SharedTexts()
  const lost: string[] = []
  const ids = new Set<number>()
  let next = nextId
  for (const [index, entry] of torrents.entries()) {
    if (index % STEP_ENTRIES === STEP_ENTRIES - 1) yield
    const record = parseRecord(entry, shared)
    if (record === null) lost.push(nameOf(entry, index))
    else if (!records.has(record.infoHash)) {
      const isOwn = isId(record.id) && !ids.has(record.id)
      ids.add(isOwn ? record.id : -1)
      records.set(record.infoHash, isOwn ? record : { ...record, id: -1 })
      if (isOwn) next = Math.max(next, record.id + 1)
    }
  }
  // Whoever has lost his id, or shares it, gets a new one.
  const numbered = [...records.values()].map((record) =>
    record.id === -1 ? { ...record, id: next++ } : record,
  )
  return { nextId: next, torrents: numbered, lost }
}

function parseRecord(entry: unknown, shared: SharedTexts): TorrentRecord | null {
  if (typeof entry !== 'object' || entry === null) return null
  const fields = entry as Fields
  const infoHash = typeof fields.infoHash === 'string' ? parseInfoHash(fields.infoHash) : null
  const { outputFolder = null, wantedFolder = null } = fields
  if (infoHash === null || !isTextOrNull(outputFolder) || !isTextOrNull(wantedFolder)) return null
  const onlyFiles = FileSet.revive(fields.onlyFiles)
  // All files are not what somebody had selected whose selection cannot be read.
  if (onlyFiles === null && (fields.onlyFiles ?? null) !== null) return null
  const addedAt = new Date(typeof fields.addedAt === 'string' ? fields.addedAt : Number.NaN)
  return {
    id: isId(fields.id) ? fields.id : -1,
    infoHash,
    addedAt: Number.isNaN(addedAt.getTime()) ? new Date(0) : addedAt,
    isPaused: fields.isPaused === true,
    onlyFiles,
    outputFolder,
    wantedFolder,
    adopt: fields.adopt === true,
    name: typeof fields.name === 'string' ? fields.name : null,
    trackers: shared.share(texts(fields.trackers)),
    exactSources: texts(fields.exactSources),
    webSeeds: fields.webSeeds === undefined ? undefined : texts(fields.webSeeds),
    peers: texts(fields.peers),
    limits: savedLimits(fields.limits),
    seeding: reviveSeeding(fields.seeding),
    maxConnections: isNumberOfConnections(fields.maxConnections)
      ? fields.maxConnections
      : undefined,
    keep: fields.keep === true || undefined,
  }
}

function savedLimits(value: unknown): Limits | undefined {
  return value === undefined ? undefined : reviveLimits(value)
}

function nameOf(entry: unknown, index: number): string {
  const { name, infoHash } = (typeof entry === 'object' && entry !== null ? entry : {}) as Fields
  const best = [name, infoHash].find((value) => typeof value === 'string' && value !== '')
  return typeof best === 'string' ? best : `entry ${index}`
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && !value.includes('\0'))
}

const NO_TEXTS: readonly string[] = []

function texts(values: unknown): readonly string[] {
  if (!Array.isArray(values) || values.length === 0) return NO_TEXTS
  return values.filter((value) => typeof value === 'string')
}

/** The text of a list, made between other work: it has megabytes with ten thousand torrents. */
export function* sessionText({ torrents, ...facts }: SessionRecord, list: number): Steps<string> {
  const entries: string[] = []
  for (const torrent of torrents) {
    entries.push(JSON.stringify(torrent, null, 1))
    if (entries.length % 64 === 0) yield
  }
  const head = JSON.stringify({ ...facts, list }, null, 1).slice(0, -2)
  return `${head},\n "torrents": [\n${entries.join(',\n')}\n ]\n}\n`
}
