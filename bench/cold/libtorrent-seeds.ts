import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./libtorrent-seeds.py', import.meta.url))

export interface SeedPlan {
  /** The torrent file. */
  readonly path: string
  /** Where the film lies. */
  readonly folder: string
  /** How many take any peer, and how many encrypted ones alone. */
  readonly plain: number
  readonly encrypted: number
  /** Of each; 1 and above. */
  readonly bytesPerSecond: number
  /** They take nothing else than uTP. */
  readonly utpOnly: boolean
}

/** Peers that are no simulation: libtorrent with its own habits. */
export class LibtorrentSeeds {
  /** host:port of each. */
  readonly addresses: readonly string[]
  readonly #plan: SeedPlan
  #child: ChildProcess

  private constructor(plan: SeedPlan, { addresses, child }: Seeding) {
    this.addresses = addresses
    this.#plan = plan
    this.#child = child
  }

  static async open(plan: SeedPlan): Promise<LibtorrentSeeds> {
    return new LibtorrentSeeds(plan, await seeding(plan, []))
  }

  /** The same again, at the same addresses, knowing nobody. */
  async reset(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.close()
    await exit
    const ports = this.addresses.map((address) => address.slice(address.lastIndexOf(':') + 1))
    this.#child = (await seeding(this.#plan, ports)).child
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}

interface Seeding {
  readonly addresses: readonly string[]
  readonly child: ChildProcess
}

async function seeding(plan: SeedPlan, ports: readonly string[]): Promise<Seeding> {
  const { path, folder, plain, encrypted, bytesPerSecond, utpOnly } = plan
  const counts = [plain, encrypted, bytesPerSecond].map(String)
  const transport = utpOnly ? 'utp' : 'tcp'
  const child = spawn('/usr/bin/python3', [SCRIPT, path, folder, ...counts, transport, ...ports], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const addresses: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === '') return { addresses, child }
    addresses.push(line)
  }
  throw new Error('the libtorrent seeds ended at once')
}
