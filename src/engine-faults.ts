import type { Logger } from './log.ts'

/** webtorrent and what it alone brings along: whatever these throw is none of our doing. */
const ENGINE_PACKAGES: ReadonlySet<string> = new Set([
  ...['webtorrent', 'bittorrent-protocol', 'bittorrent-dht', 'bittorrent-tracker'],
  ...['bittorrent-lsd', 'torrent-discovery', 'ut_metadata', 'ut_pex', 'lt_donthave'],
  ...['k-rpc', 'k-rpc-socket', 'k-bucket', 'record-cache', 'lru', 'last-one-wins'],
  ...['utp-native', 'timeout-refresh', 'unordered-set', 'streamx', 'speed-limiter', 'limiter'],
  ...['@silentbot1/nat-api', '@thaunknown/simple-peer', 'addr-to-ip-port', 'throughput'],
  ...['parse-torrent', 'create-torrent', 'torrent-piece', 'bitfield', 'run-parallel'],
  ...['immediate-chunk-store', 'cache-chunk-store', 'memory-chunk-store'],
])
/** Our own name, for whoever has us in node_modules. */
const OUR_PACKAGE = 'tributary'
const LOG_EVERY_MS = 60_000

/** `unknown`: thrown by the system or by a package that both use, with neither on the stack. */
export type Culprit = 'engine' | 'ours' | 'unknown'

/**
 * Whose error it is, by its stack: the first frame that is ours or the engine's decides. Frames of
 * Node and of packages that anybody uses are looked past.
 */
export function culpritOf(error: unknown): Culprit {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return 'unknown'
  const { stack, message } = error
  // A message may hold anything, lines that look like frames too.
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n')
  for (const frame of frames) {
    const file = fileOf(frame)
    if (file === null) continue
    const culprit = culpritOfFile(file)
    if (culprit !== 'unknown') return culprit
  }
  return 'unknown'
}

/** The file of a line `at method (file:1:2)` or `at file:1:2`; `null` where it is none of a program. */
function fileOf(frame: string): string | null {
  const [, place = ''] = /^ {4}at (?:async )?(.*)$/.exec(frame) ?? []
  const location = place.endsWith(')') ? place.slice(place.indexOf(' (') + 2, -1) : place
  const [, file = ''] = /^(.+):\d+:\d+$/.exec(location) ?? []
  if (file === '' || file.startsWith('node:') || file.startsWith('<')) return null
  return file.replaceAll('\\', '/')
}

function culpritOfFile(file: string): Culprit {
  const at = file.lastIndexOf('/node_modules/')
  if (at === -1) return 'ours'
  const [first = '', second = ''] = file.slice(at + '/node_modules/'.length).split('/')
  const name = first.startsWith('@') ? `${first}/${second}` : first
  if (name === OUR_PACKAGE) return 'ours'
  return ENGINE_PACKAGES.has(name) ? 'engine' : 'unknown'
}

/** Where the engine is entered from outside. */
export type EngineEntry =
  | 'connection'
  | 'socket'
  | 'peer'
  | 'wire'
  | 'torrent'
  | 'utp'
  | 'dht'
  | 'exception'
  | 'rejection'

/**
 * Counts what the engine throws at what strangers send, which must cost them their connection and
 * nobody else anything. Says so once a minute for each entry, as strangers must not fill the log.
 */
export class EngineFaults {
  readonly #now: () => number
  readonly #counts = new Map<EngineEntry, number>()
  readonly #logged = new Map<EngineEntry, { at: number; count: number }>()
  #log: Logger | null = null

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Where faults are told from now on. */
  reportTo(log: Logger): void {
    this.#log = log
  }

  /** Since the process began. */
  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  get byEntry(): ReadonlyMap<EngineEntry, number> {
    return this.#counts
  }

  /** Inside an entry: counts what was caught there, or throws it again where it is ours. */
  absorb(entry: EngineEntry, error: unknown): void {
    if (culpritOf(error) === 'ours') throw error
    this.#note(entry, error)
  }

  /** Runs what an entry calls. `close` gives up what the fault came from. */
  guard(entry: EngineEntry, run: () => void, close: () => void): void {
    try {
      run()
    } catch (error) {
      this.absorb(entry, error)
      close()
    }
  }

  /** What no entry has caught. True, and counted, where it is the engine's beyond doubt. */
  claims(entry: 'exception' | 'rejection', error: unknown): boolean {
    if (culpritOf(error) !== 'engine') return false
    this.#note(entry, error)
    return true
  }

  #note(entry: EngineEntry, error: unknown): void {
    const count = (this.#counts.get(entry) ?? 0) + 1
    this.#counts.set(entry, count)
    const logged = this.#logged.get(entry)
    if (logged !== undefined && this.#now() - logged.at < LOG_EVERY_MS) return
    const facts = { err: error, entry, count, sinceLast: count - (logged?.count ?? 0) }
    this.#logged.set(entry, { at: this.#now(), count })
    this.#log?.warn(facts, 'the BitTorrent engine failed at what a stranger sent')
  }
}

/** One for the process: the engine's prototypes are guarded once for all sessions. */
export const engineFaults = new EngineFaults(() => performance.now())
