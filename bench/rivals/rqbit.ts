import { homedir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import type { Contender, Job, RunningContender } from './contender.ts'
import { JsonApiServer } from './json-api.ts'
import { findCommand, Program } from './program.ts'

function binary(): string | null {
  const named = process.env.RQBIT_BIN
  return findCommand('rqbit', [...(named ? [named] : []), join(homedir(), '.cargo/bin/rqbit')])
}

/** Selects nothing before it names the peers, so that nothing is asked of them too early. */
class IdleRqbit implements RunningContender {
  readonly #api: JsonApiServer

  constructor(api: JsonApiServer) {
    this.#api = api
  }

  get pid(): number {
    return this.#api.pid
  }

  async add(peers: readonly string[]): Promise<string> {
    const url = await this.#api.add([])
    await this.#api.isInitialized()
    await this.#api.post('update_only_files', '{"only_files":[]}', 'application/json')
    await this.#api.post('add_peers', peers.join('\n'), 'text/plain')
    return url
  }

  async addMagnet(magnet: string): Promise<string> {
    return await this.#api.addMagnet(magnet)
  }

  async isComplete(): Promise<boolean> {
    return await this.#api.isComplete()
  }

  async stop(): Promise<void> {
    await this.#api.stop()
  }
}

/**
 * rqbit of crates.io. On demand means that no file is selected: it counts such a torrent as
 * finished and dials its peers only when a stream opens, so it cannot be warm.
 */
export const rqbit: Contender = {
  name: 'rqbit',

  missing: () =>
    binary() ? null : 'rqbit is neither in PATH nor in ~/.cargo/bin (cargo install rqbit)',

  async start(job: Job): Promise<RunningContender> {
    const address = `127.0.0.1:${await freePort()}`
    const { discovery, uploadBytesPerSecond, utp } = job
    const quiet = ['--disable-lsd', '--disable-tcp-listen', '-v', 'error']
    const dht =
      discovery?.kind === 'dht'
        ? ['--disable-dht-persistence', '--dht-bootstrap-addrs', discovery.nodes.join(',')]
        : ['--disable-dht']
    // It dials by uTP only where it listens for it.
    const transports = utp === true ? ['--experimental-enable-utp-listen'] : []
    const upload = uploadBytesPerSecond ? ['--ratelimit-upload', `${uploadBytesPerSecond}`] : []
    const program = new Program(
      [
        binary() ?? 'rqbit',
        ...quiet,
        ...upload,
        ...dht,
        ...transports,
        ...['--http-api-listen-addr', address],
        ...['server', 'start', '--disable-persistence', job.folder],
      ],
      join(job.folder, 'rqbit.log'),
    )
    const base = `http://${address}`
    await program.isAnswering(`${base}/`)
    const api = new JsonApiServer(program, base, job)
    return job.mode === 'on-demand' ? new IdleRqbit(api) : api
  },
}
