import { fileURLToPath } from 'node:url'
import { ScriptProcess } from '../script-process.ts'
import type { Contender, Job, RunningContender } from './contender.ts'
import type { StockAnswer, StockCommand } from './webtorrent-message.ts'

const SCRIPT = fileURLToPath(new URL('./webtorrent-main.ts', import.meta.url))

class StockWebTorrent implements RunningContender {
  readonly #process = new ScriptProcess<StockCommand, StockAnswer>(SCRIPT)
  readonly #job: Job

  constructor(job: Job) {
    this.#job = job
  }

  get pid(): number {
    return this.#process.pid
  }

  async isUp(): Promise<void> {
    await this.#process.ask({ kind: 'start' })
  }

  async add(peers: readonly string[]): Promise<string> {
    const { torrent, mode, folder } = this.#job
    const answer = await this.#process.ask({ kind: 'add', path: torrent.path, mode, folder, peers })
    if (answer.kind !== 'added') throw new Error(`webtorrent answered ${answer.kind}`)
    return answer.url
  }

  async isComplete(): Promise<boolean> {
    const answer = await this.#process.ask({ kind: 'progress' })
    return answer.kind === 'progress' && answer.isComplete
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }
}

/** WebTorrent's own server, unchanged, over plain TCP as the simulated peers speak nothing else. */
export const webtorrent: Contender = {
  name: 'webtorrent',

  missing: () => null,

  async start(job: Job): Promise<RunningContender> {
    const stock = new StockWebTorrent(job)
    await stock.isUp()
    return stock
  },
}
