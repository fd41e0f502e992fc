import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Fetched, type FetchOptions, fetchFrom } from './http-fetch.ts'
import type { Host, Lab } from './lab.ts'
import type { Program } from './program.ts'
import { waitFor } from './wait-for.ts'

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
export const CLI_PATH = join(REPOSITORY, 'dist/cli.js')

/** The default; each lab has its own network, so nobody else can have it. */
const HTTP_PORT = 3_030

export interface TributaryOptions {
  /** The data folder; default `data` in the lab's folder; null to leave the choice to the server. */
  readonly folder?: string | null
  /** The command in front of our options; default the built command line itself. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Torrent files, magnets and so on for the command line. */
  readonly torrents?: readonly string[]
  /** Initial peers of these torrents. */
  readonly peers?: readonly string[]
}

export interface TorrentSummary {
  readonly id: number
  readonly info_hash: string
  readonly name: string | null
}

export interface TorrentStats {
  readonly state: 'initializing' | 'live' | 'paused' | 'error'
  readonly error: string | null
  readonly file_progress: readonly number[]
  readonly progress_bytes: number
  readonly total_bytes: number
  readonly finished: boolean
  readonly live: { readonly snapshot: { readonly fetched_bytes: number } } | null
}

/** Our server, running on the lab's server host and answering HTTP. */
export class Tributary {
  readonly program: Program
  readonly #host: Host

  static async start(lab: Lab, options: TributaryOptions = {}): Promise<Tributary> {
    const { folder = join(lab.folder, 'data'), env = {} } = options
    if (folder !== null) await mkdir(folder, { recursive: true })
    const program = lab.server.start(
      [
        ...(options.command ?? [process.execPath, CLI_PATH]),
        ...['--no-dht', '--no-lsd', '--no-trackers', '--no-port-forward'],
        ...(folder === null ? [] : ['--dir', folder]),
        ...(options.args ?? []),
        ...(options.peers ?? []).flatMap((peer) => ['--peer', peer]),
        ...(options.torrents ?? []),
      ],
      { cwd: REPOSITORY, env },
    )
    const tributary = new Tributary(lab.server, program)
    const expected = options.torrents?.length ?? 0
    await waitFor('the server to answer and to have its torrents', async () => {
      if (!program.isRunning) return 'ended'
      return (await tributary.torrents()).length >= expected && 'ready'
    })
    if (!program.isRunning) {
      await program.ended()
      throw new Error(`the server ended:\n${program.output}`)
    }
    return tributary
  }

  private constructor(host: Host, program: Program) {
    this.#host = host
    this.program = program
  }

  /** A request from the server's own machine, which may change things. */
  request(path: string, options?: FetchOptions): Promise<Fetched> {
    return fetchFrom(this.#host, `http://127.0.0.1:${HTTP_PORT}${path}`, options)
  }

  /** The same as `request` for what must succeed. @throws Error with the answer unless it is 2xx. */
  async call<T>(path: string, options?: FetchOptions): Promise<T> {
    return JSON.parse(succeeded(await this.request(path, options)).text) as T
  }

  async torrents(): Promise<readonly TorrentSummary[]> {
    const { torrents } = await this.call<{ torrents: TorrentSummary[] }>('/torrents')
    return torrents
  }

  stats(torrent: string): Promise<TorrentStats> {
    return this.call(`/torrents/${torrent}/stats/v1`)
  }

  /** Waits until every selected file is there. */
  async finished(torrent: string): Promise<void> {
    const isFinished = async (): Promise<boolean> => (await this.stats(torrent)).finished
    await waitFor(`${torrent} to finish`, isFinished, { timeoutMs: 60_000 })
  }

  /** @param query name and value pairs of rqbit's `POST /torrents` */
  async add(source: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
    const parameters = new URLSearchParams(query)
    await this.call(`/torrents?${parameters}`, { method: 'POST', body: source })
  }

  /** Adding a torrent that is there already gives it new peers. */
  addPeers(torrent: string, addresses: readonly string[]): Promise<void> {
    return this.add(torrent, { initial_peers: addresses.join(',') })
  }

  /** @throws Error with the answer unless it is 2xx */
  async stream(torrent: string, fileIndex: number, options?: FetchOptions): Promise<Fetched> {
    return succeeded(await this.request(`/torrents/${torrent}/stream/${fileIndex}`, options))
  }

  /** Of the ContentDirectory, on the server itself. */
  get controlUrl(): string {
    return `http://127.0.0.1:${HTTP_PORT}/upnp/control/content-directory`
  }

  /** The stream's address as somebody at `address`'s network has to spell it. */
  streamUrl(address: string, torrent: string, fileIndex: number): string {
    return `http://${address}:${HTTP_PORT}/torrents/${torrent}/stream/${fileIndex}`
  }
}

function succeeded(answer: Fetched): Fetched {
  const { status, url, text } = answer
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status}: ${text}`)
  return answer
}
