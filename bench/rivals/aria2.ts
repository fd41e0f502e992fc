import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import type { Contender, Job, RunningContender } from './contender.ts'
import { findCommand, Program } from './program.ts'
import { FixedTracker } from './tracker.ts'

interface ActiveDownload {
  readonly completedLength: string
  readonly totalLength: string
}

/** aria2 serves nothing: it only downloads. It learns its peers from a tracker. */
class Aria2 implements RunningContender {
  readonly #job: Job
  #program: Program | null = null
  #tracker: FixedTracker | null = null
  #rpc = ''

  constructor(job: Job) {
    this.#job = job
  }

  get pid(): number {
    return this.#program?.pid ?? 0
  }

  async add(peers: readonly string[]): Promise<string> {
    const { folder, torrent } = this.#job
    this.#tracker = new FixedTracker(peers)
    const port = await freePort()
    this.#rpc = `http://127.0.0.1:${port}/jsonrpc`
    const quiet = ['--enable-dht=false', '--bt-enable-lpd=false', '--enable-peer-exchange=false']
    const options = [`--bt-tracker=${await this.#tracker.listen()}`, '--seed-ratio=0.0']
    const rpc = ['--enable-rpc', `--rpc-listen-port=${port}`, '--file-allocation=none']
    this.#program = new Program(
      ['aria2c', `--dir=${folder}`, ...quiet, ...options, ...rpc, torrent.path],
      join(folder, 'aria2.log'),
    )
    return ''
  }

  async isComplete(): Promise<boolean> {
    const call = { jsonrpc: '2.0', id: 1, method: 'aria2.tellActive', params: [] }
    const response = await fetch(this.#rpc, { method: 'POST', body: JSON.stringify(call) }).catch(
      () => null,
    )
    if (!response) return false
    const { result } = (await response.json()) as { result: readonly ActiveDownload[] }
    return result.some((d) => d.totalLength !== '0' && d.completedLength === d.totalLength)
  }

  async stop(): Promise<void> {
    this.#tracker?.close()
    await this.#program?.stop()
  }
}

export const aria2: Contender = {
  name: 'aria2',
  missing: () => (findCommand('aria2c') ? null : 'aria2c is not in PATH (package aria2)'),
  start: async (job: Job): Promise<RunningContender> => new Aria2(job),
}
