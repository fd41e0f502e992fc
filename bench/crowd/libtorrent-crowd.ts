import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./libtorrent-crowd.py', import.meta.url))

export interface CrowdPlan {
  /** The torrent file. */
  readonly path: string
  /** The film lies in its folder `seed`; each leecher gets a folder of its own beside that. */
  readonly folder: string
  readonly leechers: number
  /** Of upload. */
  readonly seedBytesPerSecond: number
  /** Of upload, each. */
  readonly leecherBytesPerSecond: number
}

/** What a member of the crowd knows of who is not one. "Open" are requests without an answer. */
export interface Guest {
  readonly client: string
  readonly pieces: number
  /** In bytes of blocks. */
  readonly sentToGuest: number
  readonly receivedFromGuest: number
  readonly openFromGuest: number
  readonly openToGuest: number
  /** In bytes. */
  readonly unsent: number
  readonly wantsGuest: boolean
  readonly isWantedByGuest: boolean
  readonly chokesGuest: boolean
  readonly isChokedByGuest: boolean
  readonly isOptimistic: boolean
  readonly isSnubbed: boolean
}

/** One member of the crowd at one moment. */
export interface Member {
  /** How much of the torrent is verified, 0 to 1. */
  readonly share: number
  /** In bytes of blocks. */
  readonly downloaded: number
  readonly uploaded: number
  readonly guest: Guest | null
}

/** A seed, and leechers that trade with each other; all are libtorrent. */
export class LibtorrentCrowd {
  /** host:port of each, the seed's first. */
  readonly addresses: readonly string[]
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(
    addresses: readonly string[],
    child: ChildProcess,
    lines: AsyncIterator<string>,
  ) {
    this.addresses = addresses
    this.#child = child
    this.#lines = lines
  }

  /** They trade from the moment that this settles. */
  static async open(plan: CrowdPlan): Promise<LibtorrentCrowd> {
    const { path, folder, leechers, seedBytesPerSecond, leecherBytesPerSecond } = plan
    const numbers = [leechers, seedBytesPerSecond, leecherBytesPerSecond].map(String)
    const child = spawn('/usr/bin/python3', [SCRIPT, path, folder, ...numbers], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const reader: Interface = createInterface({ input: child.stdout })
    const lines = reader[Symbol.asyncIterator]()
    const addresses: string[] = []
    for (;;) {
      const line = await lines.next()
      if (line.done === true) throw new Error('the crowd ended at once')
      if (line.value === '') return new LibtorrentCrowd(addresses, child, lines)
      addresses.push(line.value)
    }
  }

  /** How it stands now: the seed, then the leechers. */
  async look(): Promise<readonly Member[]> {
    this.#child.stdin?.write('\n')
    const line = await this.#lines.next()
    if (line.done === true) throw new Error('the crowd has ended')
    return JSON.parse(line.value) as Member[]
  }

  async close(): Promise<void> {
    const exit = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await exit
  }
}
