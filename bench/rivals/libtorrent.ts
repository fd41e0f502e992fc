import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import type { Contender, Job, RunningContender } from './contender.ts'
import { Program } from './program.ts'

const SCRIPT = fileURLToPath(new URL('./libtorrent-server.py', import.meta.url))
// Debian's own: a Python found first in PATH may be another one, without the package.
const PYTHON = '/usr/bin/python3'

class LibtorrentServer implements RunningContender {
  readonly #program: Program
  readonly #base: string
  readonly #job: Job

  constructor(program: Program, base: string, job: Job) {
    this.#program = program
    this.#base = base
    this.#job = job
  }

  get pid(): number {
    return this.#program.pid
  }

  async add(peers: readonly string[]): Promise<string> {
    const { torrent, folder, mode } = this.#job
    const onDemand = mode === 'on-demand'
    await fetch(`${this.#base}/add`, {
      method: 'POST',
      body: JSON.stringify({ path: torrent.path, folder, onDemand, peers }),
    })
    return `${this.#base}/film`
  }

  async addMagnet(magnet: string): Promise<string> {
    await fetch(`${this.#base}/add`, {
      method: 'POST',
      body: JSON.stringify({ magnet, folder: this.#job.folder, onDemand: true, peers: [] }),
    })
    return `${this.#base}/film`
  }

  async isComplete(): Promise<boolean> {
    const response = await fetch(`${this.#base}/progress`)
    return ((await response.json()) as { isComplete: boolean }).isComplete
  }

  async share(): Promise<number> {
    const response = await fetch(`${this.#base}/progress`)
    return ((await response.json()) as { share: number }).share
  }

  async stop(): Promise<void> {
    await this.#program.stop()
  }
}

/** `order` is how it fetches what somebody watches. */
function libtorrentWith(name: string, order: 'deadlines' | 'sequential'): Contender {
  return {
    name,

    missing: () =>
      spawnSync(PYTHON, ['-c', 'import libtorrent']).status === 0
        ? null
        : `${PYTHON} has no libtorrent (package python3-libtorrent)`,

    async start(job: Job): Promise<RunningContender> {
      const port = await freePort()
      const { discovery, utp, uploadBytesPerSecond } = job
      const nodes = discovery?.kind === 'dht' ? discovery.nodes : []
      const transport = utp === true ? 'utp' : 'tcp'
      const program = new Program(
        [PYTHON, SCRIPT, `${port}`, transport, order, `${uploadBytesPerSecond ?? 0}`, ...nodes],
        join(job.folder, 'libtorrent.log'),
      )
      const base = `http://127.0.0.1:${port}`
      await program.isAnswering(`${base}/`)
      return new LibtorrentServer(program, base, job)
    },
  }
}

/** libtorrent's deadline API with its default settings. */
export const libtorrent: Contender = libtorrentWith('libtorrent', 'deadlines')

/** Its sequential mode, from where the viewer is. */
export const libtorrentSequential: Contender = libtorrentWith('libtorrent-sequential', 'sequential')
