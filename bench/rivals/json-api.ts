import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, RunningContender } from './contender.ts'
import type { Program } from './program.ts'

interface AddedTorrent {
  readonly id: number
}

interface TorrentProgress {
  readonly progress_bytes: number
  readonly state: string
  readonly finished: boolean
}

/** A server with rqbit's JSON API, Tributary or rqbit itself. */
export class JsonApiServer implements RunningContender {
  readonly #program: Program
  readonly #base: string
  readonly #job: Job
  #id = 0

  /** @param base its URL without a final slash */
  constructor(program: Program, base: string, job: Job) {
    this.#program = program
    this.#base = base
    this.#job = job
  }

  get pid(): number {
    return this.#program.pid
  }

  async add(peers: readonly string[]): Promise<string> {
    const query = new URLSearchParams({ overwrite: 'true' })
    if (peers.length > 0) query.set('initial_peers', peers.join(','))
    return await this.#post(query, await readFile(this.#job.torrent.path))
  }

  async addMagnet(magnet: string): Promise<string> {
    return await this.#post(new URLSearchParams({ overwrite: 'true' }), magnet)
  }

  async #post(query: URLSearchParams, body: string | Uint8Array): Promise<string> {
    const response = await fetch(`${this.#base}/torrents?${query}`, { method: 'POST', body })
    if (!response.ok) throw new Error(`adding: ${response.status} ${await response.text()}`)
    this.#id = ((await response.json()) as AddedTorrent).id
    return `${this.#base}/torrents/${this.#id}/stream/0`
  }

  async isComplete(): Promise<boolean> {
    return (await this.#progress()).finished
  }

  async share(): Promise<number> {
    return (await this.#progress()).progress_bytes / this.#job.torrent.length
  }

  /** Waits until what lies on the disk has been checked. */
  async isInitialized(): Promise<void> {
    while ((await this.#progress()).state === 'initializing') await sleep(10)
  }

  async #progress(): Promise<TorrentProgress> {
    const response = await fetch(`${this.#base}/torrents/${this.#id}/stats/v1`)
    return (await response.json()) as TorrentProgress
  }

  /** Calls one of the torrent's own POST routes. */
  async post(route: string, body: string, contentType: string): Promise<void> {
    const response = await fetch(`${this.#base}/torrents/${this.#id}/${route}`, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body,
    })
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`)
  }

  async stop(): Promise<void> {
    await this.#program.stop()
  }
}
